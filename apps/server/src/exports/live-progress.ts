import type { ExportProgress } from "../threads/export-api.ts";

/** How far running exports are: too often told to be written down. */
export class LiveProgress {
  private readonly byId = new Map<string, { readonly done: number; readonly total: number }>();

  tell({ id, done, total }: ExportProgress): void {
    this.byId.set(id, { done, total });
  }

  get(id: string): { readonly done: number; readonly total: number } | undefined {
    return this.byId.get(id);
  }

  forget(id: string): void {
    this.byId.delete(id);
  }
}
