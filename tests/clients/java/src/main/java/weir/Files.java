package weir;

import static weir.Check.equal;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.tracking.MlflowClient;

/** Files of a run. For those that the server keeps, the client starts a Python that has MLflow: seconds a call. */
final class Files {
  private Files() {}

  static void walk(MlflowClient client) {
    String id = client.createRun(client.createExperiment("java-" + UUID.randomUUID())).getRunId();
    try {
      Path folder = java.nio.file.Files.createTempDirectory("walk");
      File file = java.nio.file.Files.writeString(folder.resolve("ü a.txt"), "four").toFile();
      client.logArtifact(id, file, "folder/inner");
      client.logArtifacts(id, folder.toFile());
      equal(listed(client.listArtifacts(id)), "folder/ ü a.txt:4");
      equal(listed(client.listArtifacts(id, "folder/inner")), "folder/inner/ü a.txt:4");
      Path copy = client.downloadArtifacts(id, "folder").toPath();
      equal(java.nio.file.Files.readString(copy.resolve("inner").resolve("ü a.txt")), "four");
      version(client, id);
      java.nio.file.Files.delete(file.toPath());
      java.nio.file.Files.delete(folder);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** A version whose files are those of the run. */
  private static void version(MlflowClient client, String id) throws IOException {
    String name = "java-" + UUID.randomUUID();
    String source = client.getRun(id).getInfo().getArtifactUri() + "/folder";
    client.sendPost("registered-models/create", "{\"name\": \"" + name + "\"}");
    client.sendPost("model-versions/create",
        "{\"name\": \"" + name + "\", \"run_id\": \"" + id + "\", \"source\": \"" + source + "\"}");
    Path copy = client.downloadLatestModelVersion(name, "None").toPath();
    equal(java.nio.file.Files.readString(copy.resolve("inner").resolve("ü a.txt")), "four");
  }

  private static String listed(List<FileInfo> files) {
    return files.stream().map(file -> file.getPath() + (file.getIsDir() ? "/" : ":" + file.getFileSize())).sorted()
        .collect(Collectors.joining(" "));
  }
}
