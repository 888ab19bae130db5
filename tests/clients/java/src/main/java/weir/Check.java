package weir;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.Page;

/** What the steps of the walk assert with. */
final class Check {
  private Check() {}

  static void equal(Object found, Object expected) {
    if (!Objects.equals(found, expected)) throw new AssertionError("expected " + expected + " but found " + found);
  }

  static void holds(boolean condition, String what) {
    if (!condition) throw new AssertionError(what);
  }

  /** The call must be refused with this HTTP status and error code, and a message that holds the text. */
  static void refused(int status, String code, String text, Runnable call) {
    try {
      call.run();
    } catch (MlflowHttpException error) {
      equal(error.getStatusCode(), status);
      holds(error.getBodyMessage().contains("\"" + code + "\""), code + " is not in " + error.getBodyMessage());
      holds(error.getBodyMessage().contains(text), text + " is not in " + error.getBodyMessage());
      return;
    }
    throw new AssertionError("was not refused: " + text);
  }

  /** The items of a page and of all that follow it; no page but the last may be short. */
  static <T> List<T> all(Page<T> first) {
    List<T> items = list(first.getItems());
    for (Page<T> page = first; page.hasNextPage(); ) {
      equal(page.getPageSize(), first.getPageSize());
      page = page.getNextPage();
      items.addAll(list(page.getItems()));
    }
    return items;
  }

  static <T> List<T> list(Iterable<T> items) {
    return StreamSupport.stream(items.spliterator(), false).collect(Collectors.toList());
  }

  static String sorted(Collection<String> words) {
    return words.stream().sorted().collect(Collectors.joining(" "));
  }

  static String sorted(String... words) {
    return sorted(Arrays.asList(words));
  }
}
