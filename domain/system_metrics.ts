/** What `mlflow.enable_system_metrics_logging` logs: metrics whose names begin with `system/`. */

export const systemPrefix = "system/";

export const isSystemMetric = (key: string): boolean => key.startsWith(systemPrefix);

export interface SystemMetric {
  key: string;
  /** "CPU", "Memory", "Disk", "Network", "GPU 0"; behind the machine's name where several log to one run. */
  group: string;
  /** "Utilization". */
  title: string;
  /** "%", "MB"; empty where the name does not say. */
  unit: string;
}

const units: Readonly<Record<string, string>> = {
  percentage: "%",
  megabytes: "MB",
  gigabytes: "GB",
  watts: "W",
  celsius: "°C",
};

/** Names as MLflow 3.17 makes them (mlflow/system_metrics/metrics); others stand in the group "Other". */
const groups: readonly { pattern: RegExp; group: (found: RegExpExecArray) => string }[] = [
  { pattern: /^cpu_/, group: () => "CPU" },
  { pattern: /^system_memory_/, group: () => "Memory" },
  { pattern: /^disk_/, group: () => "Disk" },
  { pattern: /^network_/, group: () => "Network" },
  { pattern: /^gpu_(\d+)_/, group: ([, number]) => `GPU ${number}` },
];

/** What a metric of the machine measures. */
export function systemMetric(key: string): SystemMetric {
  const path = key.slice(systemPrefix.length);
  const slash = path.lastIndexOf("/");
  const [node, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const known = groups.find(({ pattern }) => pattern.test(name));
  const found = known?.pattern.exec(name);
  const group = known && found ? known.group(found) : "Other";
  const words = name.slice(found?.[0].length ?? 0).split("_");
  const unit = units[words.at(-1) ?? ""] ?? "";
  if (unit !== "") words.pop();
  const title = words.join(" ");
  return {
    key,
    group: node === "" ? group : `${node}, ${group}`,
    title: title.charAt(0).toUpperCase() + title.slice(1) || name,
    unit,
  };
}

const order = ["CPU", "Memory", "GPU", "Disk", "Network", "Other"];

/** The metrics of machines by what they measure: machine by machine, the processor first. */
export function systemGroups(keys: readonly string[]): { group: string; metrics: SystemMetric[] }[] {
  const metrics = keys.filter(isSystemMetric).map(systemMetric);
  const byGroup = Map.groupBy(metrics, ({ group }) => group);
  return [...byGroup].map(([group, some]) => ({
    group,
    metrics: some.toSorted((a, b) =>
      Number(b.unit === "%") - Number(a.unit === "%") || a.title.localeCompare(b.title, "en")
    ),
  })).toSorted((a, b) => compareGroups(a.group, b.group));
}

function compareGroups(a: string, b: string): number {
  const [nodeA, nodeB] = [a, b].map((group) => group.includes(", ") ? group.slice(0, group.lastIndexOf(", ")) : "");
  const [kindA, kindB] = [a, b].map((group) =>
    order.indexOf(group.slice(group.lastIndexOf(", ") + 1).trim().split(" ")[0] ?? "")
  );
  if (nodeA !== nodeB) return (nodeA ?? "").localeCompare(nodeB ?? "", "en", { numeric: true });
  return (kindA ?? 0) - (kindB ?? 0) || a.localeCompare(b, "en", { numeric: true });
}
