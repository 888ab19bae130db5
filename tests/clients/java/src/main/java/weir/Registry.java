package weir;

import static weir.Check.all;
import static weir.Check.equal;
import static weir.Check.holds;
import static weir.Check.refused;
import static weir.Check.sorted;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry.RegisteredModel;
import org.mlflow.tracking.MlflowClient;

/** The registry: the client reads it by itself and writes it with sendPost and sendPatch. */
final class Registry {
  private Registry() {}

  static void walk(MlflowClient client) {
    String name = "java " + UUID.randomUUID();
    client.sendPost("registered-models/create", "{\"name\": \"" + name + "\", \"description\": \"ü\","
        + " \"tags\": [{\"key\": \"a\", \"value\": \"1\"}]}");
    for (int number = 1; number <= 4; number++) {
      String answer = client.sendPost("model-versions/create",
          "{\"name\": \"" + name + "\", \"source\": \"s3://bucket/" + number + "\"}");
      holds(answer.contains("\"" + number + "\""), "the number of a version is not in " + answer);
    }
    stage(client, name, 2, "Staging");
    stage(client, name, 3, "Production");
    read(client, name);
    search(client, name);
    change(client, name);
    refuse(client, name);
  }

  private static void read(MlflowClient client, String name) {
    RegisteredModel model = client.getRegisteredModel(name);
    equal(model.getName() + model.getDescription() + model.getTags(0).getValue(), name + "ü1");
    holds(model.getLastUpdatedTimestamp() >= model.getCreationTimestamp(), "a model was updated before it was created");
    equal(model.getLatestVersionsCount(), 3);
    equal(stages(client.getLatestVersions(name)), "None4 Production3 Staging2");
    equal(stages(client.getLatestVersions(name, List.of("Staging", "production"))), "Production3 Staging2");
    ModelVersion version = client.getModelVersion(name, "2");
    equal(version.getName() + version.getVersion() + version.getSource(), name + "2s3://bucket/2");
    equal(version.getStatus() + version.getCurrentStage() + version.getRunId(), "READYStaging");
    equal(client.getModelVersionDownloadUri(name, "2"), "s3://bucket/2");
  }

  private static void search(MlflowClient client, String name) {
    String filter = "name = '" + name + "'";
    List<ModelVersion> found = all(client.searchModelVersions(filter, 3, List.of("version_number ASC")));
    equal(found.stream().map(ModelVersion::getVersion).collect(Collectors.joining()), "1234");
    equal(client.searchModelVersions(filter + " and version_number > 3").getItems().size(), 1);
    holds(client.searchModelVersions().getPageSize() >= 4, "a search without a filter finds too little");
    String models = client.sendGet("registered-models/search?max_results=1&filter=name%20LIKE%20%27java%25%27");
    holds(models.contains("\"registered_models\""), "models are not found: " + models);
  }

  private static void change(MlflowClient client, String name) {
    client.sendPatch("registered-models/update", "{\"name\": \"" + name + "\", \"description\": \"new\"}");
    equal(client.getRegisteredModel(name).getDescription(), "new");
    client.sendPatch("model-versions/update",
        "{\"name\": \"" + name + "\", \"version\": \"1\", \"description\": \"d\"}");
    equal(client.getModelVersion(name, "1").getDescription(), "d");
    client.sendPost("model-versions/set-tag",
        "{\"name\": \"" + name + "\", \"version\": \"1\", \"key\": \"k\", \"value\": \"v\"}");
    equal(client.getModelVersion(name, "1").getTags(0).getValue(), "v");
    client.sendPost("registered-models/alias",
        "{\"name\": \"" + name + "\", \"alias\": \"champion\", \"version\": \"1\"}");
    holds(client.sendGet("registered-models/alias?name=" + name.replace(" ", "%20") + "&alias=champion")
        .contains("s3://bucket/1"), "an alias does not lead to its version");
    equal(client.getModelVersion(name, "1").getAliases(0), "champion");
    client.sendPost("registered-models/rename", "{\"name\": \"" + name + "\", \"new_name\": \"" + name + " new\"}");
    equal(client.getModelVersion(name + " new", "3").getCurrentStage(), "Production");
    client.sendPost("registered-models/rename", "{\"name\": \"" + name + " new\", \"new_name\": \"" + name + "\"}");
  }

  private static void refuse(MlflowClient client, String name) {
    String missing = "Registered Model with name=no model not found";
    refused(404, "RESOURCE_DOES_NOT_EXIST", missing, () -> client.getRegisteredModel("no model"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", missing, () -> client.getLatestVersions("no model"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", "version=9) not found", () -> client.getModelVersion(name, "9"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", "version=9) not found", () -> client.getModelVersionDownloadUri(name, "9"));
    refused(400, "INVALID_PARAMETER_VALUE", "must be an integer", () -> client.getModelVersion(name, "one"));
    refused(400, "INVALID_PARAMETER_VALUE", "Invalid Model Version stage: Testing",
        () -> stage(client, name, 1, "Testing"));
    refused(400, "RESOURCE_ALREADY_EXISTS", "already exists",
        () -> client.sendPost("registered-models/create", "{\"name\": \"" + name + "\"}"));
    refused(400, "INVALID_PARAMETER_VALUE", "Missing value for required parameter 'name'",
        () -> client.sendPost("registered-models/create", "{}"));
    refused(400, "INVALID_PARAMETER_VALUE", "Invalid attribute key 'bogus'",
        () -> client.searchModelVersions("bogus = 'a'"));
  }

  private static void stage(MlflowClient client, String name, int version, String stage) {
    client.sendPost("model-versions/transition-stage", "{\"name\": \"" + name + "\", \"version\": \"" + version
        + "\", \"stage\": \"" + stage + "\", \"archive_existing_versions\": false}");
  }

  private static String stages(List<ModelVersion> versions) {
    return sorted(versions.stream().map(version -> version.getCurrentStage() + version.getVersion())
        .collect(Collectors.toList()));
  }
}
