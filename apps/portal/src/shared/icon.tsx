import type { ReactElement } from "react";

const DRAWINGS = {
  check: <path d="M3.5 8.5 6.5 11.5 12.5 4.5" />,
  cross: <path d="m4 4 8 8M12 4l-8 8" />,
  bar: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
  question: <path d="M5.8 6c0-1.4 1-2.3 2.3-2.3s2.3.9 2.3 2.1c0 1.7-2.3 1.8-2.3 3.7M8.1 12.3v.1" />,
  shield: <path d="M8 1.8 13 3.6v3.8c0 3.2-2.1 5.6-5 6.8-2.9-1.2-5-3.6-5-6.8V3.6zM5.7 8l1.7 1.7 3-3.3" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.7" />
      <path d="M8 4.8V8l2.2 1.6" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.2" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  keys: (
    <>
      <rect x="1.5" y="4" width="13" height="8" rx="1.5" />
      <path d="M4 6.5h.1M7 6.5h.1M10 6.5h.1M12 6.5h.1M5 9.5h6" />
    </>
  ),
  alert: <path d="M8 2.2 14.3 13H1.7zM8 6.5v3M8 11.2v.1" />,
  open: <path d="m4 6 4 4 4-4" />,
  closed: <path d="m6 4 4 4-4 4" />,
  up: <path d="M8 13V3.5M4 7l4-4 4 4" />,
  down: <path d="M8 3v9.500M4 9l4 4 4-4" />,
  columns: <path d="M2.500 3h11v10h-11zM6.200 3v10M9.800 3v10" />,
  filter: <path d="M2.500 4h11M4.500 8h7M6.500 12h3" />,
  download: <path d="M8 2.500v7.500M4.700 7 8 10.300 11.300 7M3 13h10" />,
  pause: <path d="M5.500 4v8M10.500 4v8" />,
  play: <path d="m5.500 3.500 6.500 4.500-6.500 4.500z" />,
  person: (
    <>
      <circle cx="8" cy="5.300" r="2.600" />
      <path d="M2.800 13.500c.6-2.700 2.700-4 5.200-4s4.600 1.300 5.200 4" />
    </>
  ),
  bookmark: <path d="M4.500 2.500h7v11L8 10.700 4.500 13.500z" />,
  pencil: <path d="M3 13l.6-2.800L10.800 3l2.200 2.200-7.200 7.200zM9.300 4.500l2.200 2.200" />,
  menu: <path d="M2.500 4h11M2.500 8h11M2.500 12h11" />,
} as const satisfies Readonly<Record<string, ReactElement>>;

/** Names of the drawings. */
export type IconName = keyof typeof DRAWINGS;

/** A small drawing beside words; it never stands for them. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {DRAWINGS[name]}
    </svg>
  );
}
