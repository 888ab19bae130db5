package weir;

import static weir.Check.all;
import static weir.Check.equal;
import static weir.Check.refused;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;

/** Runs a to g of one experiment: found, ordered, paged. */
final class Search {
  private final MlflowClient client;
  private final String experiment;
  private final Map<String, String> letters = new HashMap<>();

  private Search(MlflowClient client) {
    this.client = client;
    this.experiment = client.createExperiment("java-" + UUID.randomUUID());
    for (String letter : List.of("a", "b", "c", "d", "e", "f", "g")) {
      String id = client.createRun(experiment).getRunId();
      letters.put(id, letter);
      client.logParam(id, "letter", letter);
      client.logMetric(id, "score", letter.equals("d") ? Double.NaN : letter.charAt(0) - 'a', 1, 1);
      client.setTag(id, "kind", "bdf".contains(letter) ? "red" : "Red");
    }
  }

  static void walk(MlflowClient client) {
    Search search = new Search(client);
    equal(search.found("params.letter = 'b'"), "b");
    equal(search.found("metrics.score >= 4 and tags.kind = 'red'"), "f");
    equal(search.found("tags.kind ILIKE 'RED'"), "abcdefg");
    equal(search.found("tags.kind LIKE 'r%'"), "bdf");
    equal(search.found("params.letter != 'a' and metrics.score < 3"), "bc");
    equal(search.found(""), "abcdefg");
    equal(search.ordered("metrics.score DESC"), "gfecbad");
    equal(search.ordered("metrics.score ASC"), "abcefgd");
    equal(search.ordered("params.letter DESC"), "gfedcba");
    search.deleted();
    refused(400, "INVALID_PARAMETER_VALUE", "Invalid", () -> search.found("nonsense"));
    equal(client.searchRuns(List.of("99999999"), "").size(), 0);
  }

  private String found(String filter) {
    return client.searchRuns(List.of(experiment), filter).stream().map(RunInfo::getRunId).map(letters::get).sorted()
        .collect(Collectors.joining());
  }

  private String ordered(String order) {
    return all(client.searchRuns(List.of(experiment), "", ViewType.ACTIVE_ONLY, 2, List.of(order))).stream()
        .map(Run::getInfo).map(RunInfo::getRunId).map(letters::get).collect(Collectors.joining());
  }

  private void deleted() {
    String id = client.searchRuns(List.of(experiment), "params.letter = 'g'").get(0).getRunId();
    client.deleteRun(id);
    equal(found(""), "abcdef");
    equal(client.searchRuns(List.of(experiment), "", ViewType.DELETED_ONLY).size(), 1);
    equal(client.searchRuns(List.of(experiment), "", ViewType.ALL).size(), 7);
    equal(client.listRunInfos(experiment).size(), 6);
  }
}
