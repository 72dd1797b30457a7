import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { readable } from "../../shared/api/problems";
import classes from "./Grid.module.css";

/** The keys that move through the list. */
const MOVES: ReadonlySet<string> = new Set([
  "ArrowDown",
  "ArrowUp",
  "ArrowLeft",
  "ArrowRight",
  "PageDown",
  "PageUp",
  "Home",
  "End",
]);

interface Props {
  readonly label: string;
  readonly initial: string;
  readonly parse: (text: string) => number | null;
  /** What to write instead of what cannot be read. */
  readonly hint: string;
  readonly unchanged: number;
  readonly onSave: (value: number) => Promise<void>;
  readonly onClose: (refocus: boolean) => void;
}

/** A number in its cell. Enter saves, Escape keeps what was; leaving the cell saves, as in a spreadsheet. */
export function ValueEditor({ label, initial, parse, hint, unchanged, onSave, onClose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const over = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = async (refocus: boolean) => {
    if (over.current || busy) {
      return;
    }
    const value = parse(text);
    if (value === null) {
      setProblem(hint);
      return;
    }
    if (value === unchanged) {
      over.current = true;
      onClose(refocus);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await onSave(value);
      over.current = true;
      onClose(refocus);
    } catch (error) {
      const { title, detail } = readable(error);
      setProblem(detail || title);
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (busy && MOVES.has(event.key)) {
      // It goes up to the list, whose active cell moves: it has the focus once this is saved.
      return;
    }
    event.stopPropagation();
    if (event.key === "Enter") {
      event.preventDefault();
      void save(true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      over.current = true;
      onClose(true);
    }
  };
  return (
    <div className={classes.editor}>
      <input
        ref={input}
        className={classes.input}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : "value-problem"}
        inputMode="decimal"
        value={text}
        readOnly={busy}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => void save(false)}
        autoComplete="off"
      />
      {problem !== null && (
        <div id="value-problem" role="alert" className={classes.problem}>
          {problem}
        </div>
      )}
    </div>
  );
}
