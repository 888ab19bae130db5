package weir;

import static weir.Check.equal;
import static weir.Check.holds;
import static weir.Check.refused;
import static weir.Check.sorted;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowContext;

/** One run: its data, its metrics with NaN and infinity, its batches, its end. */
final class Runs {
  private Runs() {}

  static void walk(MlflowClient client) {
    String experiment = client.createExperiment("java-" + UUID.randomUUID());
    lifecycle(client, experiment);
    metrics(client, client.createRun(experiment).getRunId());
    paramsAndTags(client, client.createRun(experiment).getRunId());
    batch(client, client.createRun(experiment).getRunId());
    context(client, experiment);
    equal(client.createRun().getExperimentId(), "0");
  }

  private static void lifecycle(MlflowClient client, String experiment) {
    RunTag tag = RunTag.newBuilder().setKey("a").setValue("1").build();
    RunInfo created = client.createRun(CreateRun.newBuilder().setExperimentId(experiment).setRunName("first")
        .setUserId("someone").setStartTime(1234).addTags(tag).build());
    String id = created.getRunId();
    equal(created.getRunUuid(), id);
    RunInfo info = client.getRun(id).getInfo();
    equal(info.getExperimentId() + info.getRunName() + info.getUserId(), experiment + "firstsomeone");
    equal(info.getStartTime(), 1234L);
    equal(info.getStatus(), RunStatus.RUNNING);
    holds(info.getArtifactUri().contains(id), "the artifacts of a run are not its own");
    equal(tagsOf(client, id).get("a"), "1");
    client.setTerminated(id, RunStatus.FAILED, 5678);
    equal(client.getRun(id).getInfo().getStatus(), RunStatus.FAILED);
    equal(client.getRun(id).getInfo().getEndTime(), 5678L);
    client.setTerminated(id);
    equal(client.getRun(id).getInfo().getStatus(), RunStatus.FINISHED);
    client.deleteRun(id);
    equal(client.getRun(id).getInfo().getLifecycleStage(), "deleted");
    refused(400, "INVALID_PARAMETER_VALUE", "must be in the 'active' state", () -> client.logParam(id, "p", "1"));
    client.restoreRun(id);
    equal(client.getRun(id).getInfo().getLifecycleStage(), "active");
    String nobody = "0".repeat(32);
    refused(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=" + nobody + " not found", () -> client.getRun(nobody));
  }

  private static void metrics(MlflowClient client, String id) {
    client.logMetric(id, "loss", 0.5);
    client.logMetric(id, "loss", 0.25, 2_000_000_000_000L, 3);
    client.logMetric(id, "loss", 0.75, 1_000, -2);
    client.logMetric(id, "nan", Double.NaN, 1, 1);
    client.logMetric(id, "inf", Double.POSITIVE_INFINITY, 1, 1);
    client.logMetric(id, "minus", Double.NEGATIVE_INFINITY, 1, 1);
    client.logMetric(id, "tiny", Double.MIN_VALUE, 1, 1);
    equal(latest(client, id, "loss").getValue(), 0.25);
    equal(latest(client, id, "loss").getStep(), 3L);
    equal(latest(client, id, "loss").getTimestamp(), 2_000_000_000_000L);
    equal(latest(client, id, "nan").getValue(), Double.NaN);
    holds(latest(client, id, "inf").getValue() > 1e308, "infinity is lost");
    holds(latest(client, id, "minus").getValue() < -1e308, "minus infinity is lost");
    equal(latest(client, id, "tiny").getValue(), Double.MIN_VALUE);
    List<Double> history = client.getMetricHistory(id, "loss").stream().map(Metric::getValue).sorted()
        .collect(Collectors.toList());
    equal(history, List.of(0.25, 0.5, 0.75));
    equal(client.getMetricHistory(id, "nan").get(0).getValue(), Double.NaN);
    equal(client.getMetricHistory(id, "none"), List.of());
  }

  private static void paramsAndTags(MlflowClient client, String id) {
    client.logParam(id, "lr", "0.1");
    client.logParam(id, "lr", "0.1");
    refused(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed",
        () -> client.logParam(id, "lr", "1"));
    client.setTag(id, "a", "1");
    client.setTag(id, "a", "ü 🍷");
    client.setTag(id, "b", "");
    equal(tagsOf(client, id).get("a") + tagsOf(client, id).get("b"), "ü 🍷");
    client.deleteTag(id, "a");
    holds(!tagsOf(client, id).containsKey("a"), "a deleted tag is there");
    refused(404, "RESOURCE_DOES_NOT_EXIST", "No tag with name: a", () -> client.deleteTag(id, "a"));
    refused(400, "INVALID_PARAMETER_VALUE", "Names may only contain", () -> client.setTag(id, "a*b", "1"));
  }

  private static void batch(MlflowClient client, String id) {
    List<Metric> points = IntStream.range(0, 900).mapToObj(step -> Metric.newBuilder().setKey("m" + step % 3)
        .setValue(step % 7 == 0 ? Double.NaN : step).setTimestamp(1_700_000_000_000L + step).setStep(step).build())
        .collect(Collectors.toList());
    List<Param> params = IntStream.range(0, 50)
        .mapToObj(n -> Param.newBuilder().setKey("p" + n).setValue("" + n).build()).collect(Collectors.toList());
    List<RunTag> tags = List.of(RunTag.newBuilder().setKey("t").setValue("v").build());
    client.logBatch(id, points, params, tags);
    client.logBatch(id, null, null, null);
    client.logBatch(id, Collections.emptyList(), params, Collections.emptyList());
    Run run = client.getRun(id);
    equal(sorted(run.getData().getMetricsList().stream().map(Metric::getKey).collect(Collectors.toList())), "m0 m1 m2");
    equal(latest(client, id, "m2").getStep(), 899L);
    equal(run.getData().getParamsCount(), 50);
    equal(tagsOf(client, id).get("t"), "v");
    List<Metric> history = client.getMetricHistory(id, "m0");
    equal(history.size(), 300);
    equal(history.stream().filter(point -> Double.isNaN(point.getValue())).count(), 43L);
    Metric nameless = Metric.newBuilder().setKey("").setValue(1).setTimestamp(1).build();
    refused(400, "INVALID_PARAMETER_VALUE", "metrics[0]", () -> client.logBatch(id, List.of(nameless), null, null));
  }

  private static void context(MlflowClient client, String experiment) {
    MlflowContext context = new MlflowContext(client).setExperimentId(experiment);
    ActiveRun parent = context.startRun("parent");
    parent.logParams(Map.of("a", "1", "b", "2"));
    parent.logMetrics(Map.of("m", 1.5), 4);
    parent.setTags(Map.of("t", "v"));
    ActiveRun child = context.startRun("child", parent.getId());
    child.endRun(RunStatus.KILLED);
    parent.endRun();
    Run run = client.getRun(parent.getId());
    equal(run.getInfo().getStatus(), RunStatus.FINISHED);
    equal(run.getData().getParamsCount(), 2);
    equal(latest(client, parent.getId(), "m").getStep(), 4L);
    equal(tagsOf(client, parent.getId()).get("mlflow.runName"), "parent");
    equal(tagsOf(client, child.getId()).get("mlflow.parentRunId"), parent.getId());
    equal(client.getRun(child.getId()).getInfo().getStatus(), RunStatus.KILLED);
  }

  private static Metric latest(MlflowClient client, String id, String key) {
    return client.getRun(id).getData().getMetricsList().stream().filter(metric -> metric.getKey().equals(key))
        .findFirst().orElseThrow(() -> new AssertionError("there is no metric " + key));
  }

  private static Map<String, String> tagsOf(MlflowClient client, String id) {
    return client.getRun(id).getData().getTagsList().stream()
        .collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
  }
}
