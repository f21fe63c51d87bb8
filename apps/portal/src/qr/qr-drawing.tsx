import { useMemo } from "react";
import { qrCode } from "./qr-code.ts";

/** Light modules around a code, without which scanners do not find it. */
const QUIET_ZONE = 4;

/** A text as a QR code. It is black on white in the dark, too: scanners expect that. */
export function QrDrawing({ text, label }: { readonly text: string; readonly label: string }) {
  const modules = useMemo(() => qrCode(text), [text]);
  const size = modules.length + 2 * QUIET_ZONE;
  const path = modules
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`] : [])))
    .join("");
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path className="qr-ground" d={`M0 0h${size}v${size}H0z`} />
      <path className="qr-modules" d={path} />
    </svg>
  );
}
