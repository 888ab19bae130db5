package weir;

import static weir.Check.all;
import static weir.Check.equal;
import static weir.Check.holds;
import static weir.Check.refused;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.ExperimentTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;

/** Experiments: create, get, search with pages, rename, tag, delete, restore. */
final class Experiments {
  private Experiments() {}

  static void walk(MlflowClient client) {
    equal(client.getExperiment("0").getName(), "Default");
    String name = "java-" + UUID.randomUUID();
    String id = client.createExperiment(name);
    equal(client.getExperimentByName(name).map(Experiment::getExperimentId).orElse(""), id);
    holds(client.getExperimentByName(name + "-none").isEmpty(), "a name that nothing has is found");
    refused(400, "RESOURCE_ALREADY_EXISTS", "already exists", () -> client.createExperiment(name));
    refused(404, "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=99999999", () -> client.getExperiment("99999999"));
    refused(400, "INVALID_PARAMETER_VALUE", "experiment", () -> client.getExperiment("no number"));

    client.setExperimentTag(id, "team", "ü 葡萄");
    client.renameExperiment(id, name + "-new");
    Experiment found = client.getExperiment(id);
    equal(found.getName(), name + "-new");
    equal(found.getLifecycleStage(), "active");
    holds(found.getCreationTime() > 1_600_000_000_000L, "an experiment has no time of creation");
    holds(found.getLastUpdateTime() >= found.getCreationTime(), "an experiment was updated before it was created");
    equal(tag(found, "team"), "ü 葡萄");

    client.deleteExperiment(id);
    equal(client.getExperiment(id).getLifecycleStage(), "deleted");
    equal(names(client, "name LIKE '" + name + "%'", ViewType.ACTIVE_ONLY), List.of());
    equal(names(client, "name LIKE '" + name + "%'", ViewType.DELETED_ONLY), List.of(name + "-new"));
    client.restoreExperiment(id);
    equal(names(client, "name LIKE '" + name + "%'", ViewType.ALL), List.of(name + "-new"));
    pages(client);
  }

  private static void pages(MlflowClient client) {
    String prefix = "java-" + UUID.randomUUID();
    for (String letter : List.of("a", "b", "c", "d", "e")) {
      ExperimentTag tag = ExperimentTag.newBuilder().setKey("letter").setValue(letter).build();
      client.createExperiment(CreateExperiment.newBuilder().setName(prefix + letter).addTags(tag).build());
    }
    List<String> names = names(client, "name LIKE '" + prefix + "%'", ViewType.ALL);
    equal(names, List.of(prefix + "e", prefix + "d", prefix + "c", prefix + "b", prefix + "a"));
    equal(names(client, "tags.letter = 'b' AND name ILIKE '" + prefix.toUpperCase() + "%'", ViewType.ALL),
        List.of(prefix + "b"));
    holds(client.searchExperiments().getPageSize() > 0, "a search without a filter finds nothing");
    holds(client.searchExperiments("name = '" + prefix + "a'").getPageSize() == 1, "a name is not found");
  }

  private static List<String> names(MlflowClient client, String filter, ViewType view) {
    return all(client.searchExperiments(filter, view, 2, List.of("name DESC"))).stream()
        .map(Experiment::getName).collect(Collectors.toList());
  }

  private static String tag(Experiment experiment, String key) {
    return experiment.getTagsList().stream().filter(tag -> tag.getKey().equals(key)).findFirst()
        .map(ExperimentTag::getValue).orElse("");
  }
}
