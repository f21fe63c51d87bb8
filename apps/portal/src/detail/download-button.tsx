import { saveBlob } from "../shared/save-blob.ts";

interface DownloadButtonProps {
  readonly label: string;
  /** File name. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** Saves bytes that the page holds as a file. */
export function DownloadButton({ label, name, content }: DownloadButtonProps) {
  const save = () => saveBlob(new Blob([new Uint8Array(content)], { type: "application/octet-stream" }), name);
  return (
    <button type="button" className="button" onClick={save}>
      {label}
    </button>
  );
}
