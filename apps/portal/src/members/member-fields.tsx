import { type Group, ROLES, type Role, type Who } from "../api/access-answers.ts";
import { useWho } from "../api/who-context.ts";
import { dayFromNow } from "../shared/days.ts";
import { CheckField, LastDayField, SelectField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { WallField } from "./wall-field.tsx";

/** What is decided about a member. */
export interface MemberDraft {
  readonly role: Role;
  readonly groups: readonly string[];
  readonly wall: string;
  /** Last day, as a date field writes it; empty for no end. */
  readonly lastDay: string;
}

interface MemberFieldsProps {
  readonly draft: MemberDraft;
  readonly onDraft: (draft: MemberDraft) => void;
  readonly groups: readonly Group[];
  readonly error: Error | null;
  /** The wall that was sent. */
  readonly sentWall: string | undefined;
}

/** Role, groups, wall and end of a member. */
export function MemberFields({ draft, onDraft, groups, error, sentWall }: MemberFieldsProps) {
  const who = useWho();
  const isAuditor = draft.role === "auditor";
  return (
    <>
      <SelectField
        label={t.members.role}
        value={draft.role}
        options={rolesToGive(who, draft.role).map((role) => [role, `${t.roles[role]}: ${t.roleWords[role]}`])}
        onChange={(role) =>
          // An auditor's access is for a time.
          onDraft({
            ...draft,
            role,
            lastDay: role === "auditor" && draft.lastDay === "" ? dayFromNow(30) : draft.lastDay,
          })
        }
      />
      <LastDayField
        hint={isAuditor ? t.members.auditorEnds : t.forms.noEnd}
        value={draft.lastDay}
        isRequired={isAuditor}
        onChange={(lastDay) => onDraft({ ...draft, lastDay })}
      />
      {groups.length > 0 && (
        <fieldset className="field">
          <legend>{t.members.groups}</legend>
          {groups.map((group) => (
            <CheckField
              key={group.id}
              label={group.name}
              hint={group.wall ?? undefined}
              isOn={draft.groups.includes(group.id)}
              onChange={(state) =>
                onDraft({
                  ...draft,
                  groups:
                    state === "on" ? [...draft.groups, group.id] : draft.groups.filter((each) => each !== group.id),
                })
              }
            />
          ))}
        </fieldset>
      )}
      <WallField wall={draft.wall} onWall={(wall) => onDraft({ ...draft, wall })} error={error} sent={sentWall} />
    </>
  );
}

/** Roles that somebody may give: their own and those below. The operator's tenant has operators and auditors only. */
function rolesToGive({ role: own, project, tenant }: Who, present: Role): readonly Role[] {
  const isOperators = project === "operator" && tenant === "operator";
  const below = own === null ? ROLES : ROLES.slice(ROLES.indexOf(own));
  const given = below.filter((role) => role === "auditor" || (role === "operator") === isOperators);
  return given.includes(present) ? given : [present, ...given];
}
