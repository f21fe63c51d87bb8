/** A part of a product, to group events by. Categories are data: a project has its own list. */
export interface Category {
  /** What events carry. */
  readonly id: string;
  /** What people read. */
  readonly name: string;
}

const category = (id: string, name: string): Category => ({ id, name });

/** The list a project begins with: what audit logs of identity, health and SaaS products tell apart. */
export const DEFAULT_CATEGORIES: readonly Category[] = [
  category("authentication", "Authentication"),
  category("user_administration", "User administration"),
  category("permission", "Permission changes"),
  category("configuration", "Configuration changes"),
  category("data_access", "Data access"),
  category("data_export", "Data exports"),
  category("message_access", "Message and fax access"),
  category("patient_record", "Patient records"),
  category("api", "API calls"),
  category("integration", "Integrations"),
  category("security", "Security events"),
  category("system", "System"),
  category("administration", "Administration of this log"),
  category("other", "Other"),
];

/** Lists that can be taken as they are. */
export const CATEGORY_PRESETS: Readonly<Record<string, readonly Category[]>> = {
  default: DEFAULT_CATEGORIES,
  /** The seven categories of a tenant portal's audit log. */
  tenant_portal: [
    category("user_administration", "User administration"),
    category("user_access", "User access"),
    category("experiences", "Experiences"),
    category("connector_center", "Connector Center"),
    category("surveys", "Surveys"),
    category("administration_settings", "Administration settings"),
    category("provisioning_api", "Provisioning API"),
  ],
};
