/** The Content-Disposition of a file as a download (RFC 6266): a name for old clients, and the exact one. */
export function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^[\w.-]+$/.test(name)) return `attachment; filename=${name}`;
  const plain = name.replace(/[^\w .-]/g, "_");
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
