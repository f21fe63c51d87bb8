// The viewer asks for a token when it has none, and again before one ends.
const viewer = document.querySelector("cairn-viewer");
const as = new URLSearchParams(location.search).get("as") ?? "ada";

viewer.onTokenExpiring = async () => {
  const answer = await fetch(`/viewer-token?as=${encodeURIComponent(as)}`, { method: "POST" });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()).token;
};
