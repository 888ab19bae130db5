import { href, path } from "./links.ts";
import { Shell } from "./shell.tsx";

export interface ErrorPageProps {
  status: number;
  /** Of the error, for people. */
  message: string;
}

/** What a browser sees instead of a page that cannot be shown. */
export function ErrorPage({ status, message }: ErrorPageProps) {
  const title = status === 404 ? "Not found" : status < 500 ? "That did not work" : "Something went wrong";
  return (
    <Shell title={title}>
      <section class="empty">
        <h1>{title}</h1>
        <p>{message}</p>
        <p>
          <a href={href(path`/experiments`)}>All experiments</a>
        </p>
      </section>
    </Shell>
  );
}
