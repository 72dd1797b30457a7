const NOTES_MAX_BYTES = 300;

/** Whether notes fit into a log record: at most 300 bytes of UTF-8, without control characters. */
export function areNotes(notes: string): boolean {
  return new TextEncoder().encode(notes.trim()).length <= NOTES_MAX_BYTES;
}
