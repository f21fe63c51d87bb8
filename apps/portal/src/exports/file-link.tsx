import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { problemOf } from "../api/problem.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { Icon } from "../shared/icon.tsx";
import { saveBlob } from "../shared/save-blob.ts";
import { t } from "../texts/texts.ts";

interface FileLinkProps {
  readonly name: string;
  readonly url: string;
}

/** A file to download: a plain link where the browser is signed in, which can go on after a break; else through the page. */
export function FileLink({ name, url }: FileLinkProps) {
  const api = useApi();
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const [why, setWhy] = useState("");
  if (api.hasCookie) {
    return (
      <a className="button primary file" href={url} download={name}>
        <Icon name="download" />
        {name}
      </a>
    );
  }
  const fetchFile = async () => {
    setState("busy");
    try {
      saveBlob(await api.download(url), name);
      setState("idle");
    } catch (error) {
      const problem = problemOf(error);
      setWhy(problem === undefined ? "" : explainProblem(problem).title);
      setState("failed");
    }
  };
  return (
    <>
      <button
        type="button"
        className="button primary file"
        disabled={state === "busy"}
        onClick={() => void fetchFile()}
      >
        <Icon name="download" />
        {state === "busy" ? t.exports.fetching : name}
      </button>
      {state === "failed" && (
        <p className="mistake" role="alert">
          {why}
        </p>
      )}
    </>
  );
}
