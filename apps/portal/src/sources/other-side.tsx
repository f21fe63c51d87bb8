import { CopyButton } from "../shared/copy-button.tsx";
import { type Step, type StepsAsk, stepsOf } from "../texts/en/source-steps.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";

/** What to do at the other side, in order, with what is to be pasted there. */
export function OtherSide(props: StepsAsk) {
  return <Steps steps={stepsOf(props)} />;
}

/** Steps in order; nothing where there are none. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  if (steps.length === 0) return null;
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.text}>
          <Rich text={step.text} />
          {step.copy !== undefined && <Pasted copy={step.copy} />}
        </li>
      ))}
    </ol>
  );
}

const LABELS = {
  address: t.sources.copyAddress,
  token: t.sources.copyToken,
  command: t.sources.copyCommand,
  text: t.sources.copyText,
} as const;

function Pasted({ copy: { what, value } }: { readonly copy: NonNullable<Step["copy"]> }) {
  return (
    <div className="pasted">
      <pre className="once" data-paste={what}>
        {value}
      </pre>
      <CopyButton label={LABELS[what]} text={value} />
    </div>
  );
}
