/** How two texts or files are shown beside each other. */

/** As it suits the kind of file; as lines whatever it is; as one column of lines; pictures with a slider, or their difference. */
export const diffModes = ["", "lines", "unified", "slider", "difference"] as const;
export type DiffMode = (typeof diffModes)[number];
