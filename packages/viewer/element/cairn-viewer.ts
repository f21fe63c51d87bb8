import type { RecordedEvent } from "@cairn/event";
import {
  type AskForToken,
  createTokenKeeper,
  createViewerClient,
  joinQueries,
  readColumns,
  TEXTS,
  type TokenKeeper,
  ViewerFailure,
  type ViewerProblem,
  type ViewerTexts,
} from "../src/index.ts";
import { drawDetail } from "./detail.ts";
import { el } from "./dom.ts";
import { STYLES } from "./styles.ts";
import { drawTable } from "./table.ts";

/** How long a viewer without a token waits for its host before it says so. */
const PATIENCE_MS = 3_000;

/** What a host may set on the element before this script has come. */
const EARLY = ["onTokenExpiring", "texts", "locale"] as const;

/** What is on the screen. */
type Stage = { readonly kind: "loading" | "ready" } | { readonly kind: "failed"; readonly problem: ViewerProblem };

/** Where there is no DOM (a server that renders), the class can be named all the same. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<cairn-viewer url token query columns>`: a tenant's log inside another product, to be read only. The token says whose
 * log and which part of it; `onTokenExpiring` gives the next one. Themed by `--cairn-…` variables.
 */
export class CairnViewer extends Base {
  static readonly observedAttributes = ["url", "token", "query", "columns"];

  #texts: ViewerTexts = TEXTS;
  #locale: string | undefined;
  #ask: AskForToken | undefined;
  #tokens: TokenKeeper | undefined;
  #stage: Stage = { kind: "loading" };
  #filter = "";
  #events: readonly RecordedEvent[] = [];
  #next: string | null = null;
  #open: RecordedEvent | undefined;
  /** Answers to an earlier question are let go. */
  #round = 0;
  #isQueued = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  readonly #list = typeof document === "undefined" ? undefined : el("div", { "aria-live": "polite" });
  readonly #side = typeof document === "undefined" ? undefined : el("div");

  /** Gives another token, before the present one ends or when it was refused. */
  get onTokenExpiring(): AskForToken | undefined {
    return this.#ask;
  }

  set onTokenExpiring(ask: AskForToken | undefined) {
    this.#ask = ask;
    if (this.isConnected && !this.hasAttribute("token")) this.#queue();
  }

  /** Texts in another language than English. */
  get texts(): ViewerTexts {
    return this.#texts;
  }

  set texts(texts: ViewerTexts) {
    this.#texts = texts;
    this.#drawAnew();
  }

  /** BCP 47 tag for times; the browser's when undefined. */
  get locale(): string | undefined {
    return this.#locale;
  }

  set locale(locale: string | undefined) {
    this.#locale = locale;
    this.#drawAnew();
  }

  connectedCallback(): void {
    this.#takeEarly();
    if (this.shadowRoot === null) this.#build();
    this.#tokens = createTokenKeeper(() => this.#ask);
    const token = this.getAttribute("token");
    if (token !== null && token !== "") this.#tokens.take(token);
    this.#queue();
  }

  disconnectedCallback(): void {
    this.#round++;
    clearTimeout(this.#patience);
    this.#tokens?.close();
    this.#tokens = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || this.#tokens === undefined) return;
    if (name === "token") {
      if (now !== null && now !== "") this.#tokens.take(now);
      // A fresh token for a list that stands changes nothing that is seen.
      if (this.#stage.kind === "ready") return;
    }
    if (name === "columns") this.#draw();
    else this.#queue();
  }

  /** Asks for the newest events. */
  refresh(): void {
    this.#queue();
  }

  /** Several attributes that change at once are one question. */
  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      if (this.#tokens === undefined) return;
      if (this.#hasAccess()) void this.#load("anew");
      else this.#waitForAccess();
    });
  }

  #hasAccess(): boolean {
    return this.#ask !== undefined || (this.getAttribute("token") ?? "") !== "";
  }

  /** The host's script may come after this one: for a moment, nothing is wrong. */
  #waitForAccess(): void {
    this.#stage = { kind: "loading" };
    this.#draw();
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (this.#hasAccess() || !this.isConnected) return;
      this.#stage = { kind: "failed", problem: { kind: "expired" } };
      this.#draw();
    }, PATIENCE_MS);
  }

  async #load(which: "anew" | "more"): Promise<void> {
    const round = ++this.#round;
    if (which === "anew") {
      this.#events = [];
      this.#next = null;
      this.#close();
    }
    this.#stage = { kind: "loading" };
    this.#draw();
    try {
      const query = joinQueries(this.getAttribute("query") ?? "", this.#filter);
      const page = await this.#client().search({ query, cursor: this.#next ?? undefined });
      if (round !== this.#round) return;
      this.#events = [...this.#events, ...page.events];
      this.#next = page.next;
      this.#stage = { kind: "ready" };
    } catch (error) {
      if (round !== this.#round) return;
      this.#stage = { kind: "failed", problem: problemOf(error) };
    }
    this.#draw();
  }

  async #show(event: RecordedEvent): Promise<void> {
    this.#open = event;
    this.#drawDetail();
    this.#draw();
    // Asked for once more, so that the log knows it was looked at.
    try {
      await this.#client().event(event);
    } catch (error) {
      if (this.#open !== event) return;
      this.#close();
      this.#stage = { kind: "failed", problem: problemOf(error) };
      this.#draw();
    }
  }

  #client() {
    if (this.#tokens === undefined) throw new ViewerFailure({ kind: "expired" });
    return createViewerClient(this.getAttribute("url") ?? "", this.#tokens);
  }

  #close(): void {
    const event = this.#open;
    this.#open = undefined;
    this.#side?.replaceChildren();
    if (event !== undefined) this.#draw();
  }

  /** What was set before this script came hides the properties of the class: it is taken from there. */
  #takeEarly(): void {
    for (const name of EARLY) {
      const own = Object.getOwnPropertyDescriptor(this, name);
      if (own === undefined) continue;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, own.value);
    }
  }

  #build(): void {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#frame());
  }

  /** Draws everything once more, in other texts. */
  #drawAnew(): void {
    if (this.shadowRoot === null) return;
    this.shadowRoot.replaceChildren(this.#frame());
    this.#draw();
    this.#drawDetail();
  }

  /** The filter, and the places of the list and of the detail. */
  #frame(): Node {
    const { texts } = this;
    const input = el("input", { id: "filter", type: "search", placeholder: texts.filterHint, spellcheck: "false" });
    input.value = this.#filter;
    const form = el(
      "form",
      {
        role: "search",
        onsubmit: (event) => {
          event.preventDefault();
          this.#filter = input.value;
          void this.#load("anew");
        },
      },
      el("label", { for: "filter" }, texts.filter),
      input,
      el("button", { type: "submit" }, texts.apply),
      el("button", { type: "button", onclick: () => this.refresh() }, texts.refresh),
    );
    const section = el("section", { "aria-label": texts.label }, form, this.#list, this.#side);
    section.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#open === undefined) return;
      event.preventDefault();
      this.#closeToRow();
    });
    return section;
  }

  /** Closes the detail, and puts the focus back on its row. */
  #closeToRow(): void {
    const index = this.#open === undefined ? -1 : this.#events.indexOf(this.#open);
    this.#close();
    this.shadowRoot?.querySelectorAll<HTMLElement>("tbody button")[index]?.focus();
  }

  #draw(): void {
    const { texts, locale } = this;
    const hasEvents = this.#events.length > 0;
    const parts: (Node | undefined)[] = [this.#status()];
    if (hasEvents) {
      const columns = readColumns(this.getAttribute("columns"));
      parts.push(
        drawTable({
          events: this.#events,
          columns,
          texts,
          locale,
          open: this.#open,
          onOpen: (event) => void this.#show(event),
        }),
      );
      if (this.#next !== null && this.#stage.kind === "ready")
        parts.push(el("p", {}, el("button", { type: "button", onclick: () => void this.#load("more") }, texts.more)));
    }
    this.#list?.replaceChildren(...parts.filter((part) => part !== undefined));
  }

  #status(): Node {
    const { texts } = this;
    const stage = this.#stage;
    switch (stage.kind) {
      case "loading":
        return el("p", { class: "quiet" }, texts.loading);
      case "ready": {
        const isNarrowed = this.#filter.trim() !== "" || (this.getAttribute("query") ?? "").trim() !== "";
        const none = isNarrowed ? texts.noneMatch : texts.none;
        const count = this.#events.length;
        return el("p", { class: "quiet" }, count === 0 ? none : texts.shown(count, this.#next !== null));
      }
      case "failed":
        return el(
          "p",
          { class: "problem", role: "alert" },
          `${this.#sentence(stage.problem)} `,
          el("button", { type: "button", onclick: () => this.refresh() }, texts.again),
        );
    }
  }

  #sentence(problem: ViewerProblem): string {
    switch (problem.kind) {
      case "away":
        return this.texts.away;
      case "expired":
        return this.#hasAccess() ? this.texts.expired : this.texts.missing;
      case "mistake":
        return `${this.texts.mistake} ${problem.message}.`;
      case "failed":
        return `${this.texts.failed} ${problem.message}.`;
    }
  }

  #drawDetail(): void {
    if (this.#open === undefined) return;
    const detail = drawDetail(this.#open, { texts: this.texts, onClose: () => this.#closeToRow() });
    this.#side?.replaceChildren(detail);
    detail.querySelector("h2")?.focus();
    detail.scrollIntoView({ block: "nearest" });
  }
}

function problemOf(error: unknown): ViewerProblem {
  if (error instanceof ViewerFailure) return error.problem;
  throw error;
}
