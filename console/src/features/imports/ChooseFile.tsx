import { Button, FileButton, Stack, Text } from "@mantine/core";
import { type DragEvent, useState } from "react";
import { texts } from "../../shared/texts/texts";
import classes from "./Imports.module.css";

const words = texts.imports.drop;
/** The suffixes of the files that are tables. */
const ACCEPTED = ".csv,.tsv,.txt,.xlsx,.jsonl,.json";

/** Drop a file, or choose one. */
export function ChooseFile({ onChoose }: { onChoose: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) {
      onChoose(file);
    }
  };
  return (
    <section
      aria-label={words.label}
      className={classes.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack align="center" gap="xs">
        <Text fw={600}>{words.title}</Text>
        <Text size="sm" c="dimmed" ta="center" maw="36rem">
          {words.detail}
        </Text>
        <FileChooser label={words.label} onChoose={onChoose} />
      </Stack>
    </section>
  );
}

interface FileChooserProps {
  readonly label: string;
  readonly variant?: "filled" | "default";
  readonly onChoose: (file: File) => void;
}

/** A button that lets a person choose a table. */
export function FileChooser({ label, variant = "filled", onChoose }: FileChooserProps) {
  return (
    <FileButton accept={ACCEPTED} onChange={(file) => file && onChoose(file)}>
      {(props) => (
        <Button variant={variant} {...props}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}
