// @ts-check
/** What was dropped on a page or chosen in a dialog, as files with their paths. */

/** @typedef {{ path: string, file: File }} Found */

/** Files of a dialog; those of a folder with the folder's name in their paths. @param {FileList | null} list @returns {Found[]} */
export const chosenFiles = (list) =>
  [...list ?? []].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Files and all files of folders that were dropped. @param {DataTransfer} data @returns {Promise<Found[]>} */
export async function droppedFiles(data) {
  // Before anything is waited for: the items are gone after that.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFiles(data.files);
  return (await Promise.all(entries.map(filesIn))).flat();
}

/** @param {FileSystemEntry} entry @returns {Promise<Found[]>} */
async function filesIn(entry) {
  if (isFile(entry)) {
    const file = await /** @type {Promise<File>} */ (new Promise((resolve, reject) => entry.file(resolve, reject)));
    return [{ path: entry.fullPath.replace(/^\/+/, ""), file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a hundred at a time
    const some = await /** @type {Promise<FileSystemEntry[]>} */ (
      new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    );
    if (some.length === 0) return found;
    for (const one of some) found.push(...await filesIn(one));
  }
}

/** @param {FileSystemEntry} entry @returns {entry is FileSystemFileEntry} */
const isFile = (entry) => entry.isFile;

/** @param {FileSystemEntry} entry @returns {entry is FileSystemDirectoryEntry} */
const isFolder = (entry) => entry.isDirectory;
