/** What can be told of a metric by its name alone. */

export const directions = ["lower", "higher", "unknown"] as const;
/** Which values of a metric are better. */
export type Direction = (typeof directions)[number];

const lowerIsBetter = new Set(
  ("loss losses logloss error errors err rmse mse mae mape smape msle rmsle mase medae wape nll perplexity ppl wer cer ter fid kid lpips " +
    "divergence kl brier hinge crossentropy entropy bpc bpb deviance residual regret latency time duration seconds sec secs ms minutes " +
    "fpr fnr eer ece hamming violations mistakes misses aic bic").split(" "),
);

const higherIsBetter = new Set(
  ("acc accuracy auc auroc auprc aucpr roc ap map mar f f1 f2 fbeta fscore r2 precision recall score bleu rouge rougel meteor chrf iou miou dice " +
    "ndcg mrr hit hits reward rewards return returns throughput fps ips psnr ssim kappa mcc correlation corr pearson spearman sensitivity " +
    "specificity tpr tnr jaccard silhouette top pass solved success win wins winrate elbo likelihood gain lift gini exactmatch em")
    .split(" "),
);

/** `val/macroF1-score` → val, macro, f1, score. */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z][a-z])/g, "$1 $2").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().split(
    /[^\p{L}\p{N}]+/u,
  ).filter((word) => word !== "");
}

function directionOfWord(word: string): Direction {
  const stem = word.replace(/\d+$/, ""); // top5, map50, recall10
  if (lowerIsBetter.has(word)) return "lower";
  if (higherIsBetter.has(word)) return "higher";
  if (lowerIsBetter.has(stem)) return "lower";
  return higherIsBetter.has(stem) ? "higher" : "unknown";
}

const opposite = { lower: "higher", higher: "lower", unknown: "unknown" } as const;

/**
 * Whether less or more of a metric is better, guessed from the last telling word of its name: `val/loss` lower, `f1_score` higher,
 * `images/s` higher, `grad_norm` unknown. scikit-learn's `neg_mean_squared_error` is turned round.
 */
export function directionOf(name: string): Direction {
  const words = wordsOf(name);
  if (words[0] === "system") return "unknown"; // MLflow's system/cpu_utilization_percentage and the like: neither
  if (/(per|\/)_?(s|sec|second|min|minute|h|hour)$/i.test(name)) return "higher"; // a rate: images/s, tokens_per_second
  const known = words.map(directionOfWord).filter((each) => each !== "unknown");
  const guess = known.at(-1) ?? "unknown";
  return words.includes("neg") ? opposite[guess] : guess;
}

const heldOut = /^(val|valid|validation|eval|test|dev|holdout)(?![a-z])/i;

/** Metrics on held-out data first, what the machine did last; losses before others; then by name, digits as numbers. */
export function compareMetricNames(a: string, b: string): number {
  const rank = (name: string): number =>
    name.startsWith("system/") ? 4 : (heldOut.test(name) ? 0 : 2) + (/loss/i.test(name) ? 0 : 1);
  return rank(a) - rank(b) || compareNames(a, b);
}

const byName = new Intl.Collator("en", { numeric: true });

/** By letters, digits as numbers (`layer_2` before `layer_10`); equal only when identical. */
export const compareNames = (a: string, b: string): number => byName.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
