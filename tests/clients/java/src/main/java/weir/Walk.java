package weir;

import java.util.function.Consumer;
import org.mlflow.tracking.MlflowClient;

/** Walks through the whole Java client, on the server that MLFLOW_TRACKING_URI names, to the first wrong answer. */
public final class Walk {
  private Walk() {}

  public static void main(String[] arguments) {
    try (MlflowClient client = new MlflowClient()) {
      step("experiments", Experiments::walk, client);
      step("runs", Runs::walk, client);
      step("search", Search::walk, client);
      step("registry", Registry::walk, client);
      step("files", Files::walk, client);
    }
  }

  private static void step(String name, Consumer<MlflowClient> walk, MlflowClient client) {
    walk.accept(client);
    System.out.println(name + " ok");
  }
}
