interface DownloadButtonProps {
  readonly label: string;
  /** File name. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** Saves bytes that the page holds as a file. */
export function DownloadButton({ label, name, content }: DownloadButtonProps) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([new Uint8Array(content)], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    // The browser has taken hold of it by then.
    setTimeout(() => URL.revokeObjectURL(address));
  };
  return (
    <button type="button" className="button" onClick={save}>
      {label}
    </button>
  );
}
