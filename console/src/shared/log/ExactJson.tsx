import { Button, Code, CopyButton, Group, Text } from "@mantine/core";
import { texts } from "../texts/texts";
import classes from "./ExactJson.module.css";
import { exactText, parseExact } from "./exactJson";

/** JSON as the service served it: every member and every digit, on lines of its own. */
export function ExactJson({ text }: { readonly text: string }) {
  const words = texts.audit.json;
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="xs" c="dimmed">
          {words.hint}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy}>
              {copied ? words.copied : words.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block className={classes.text} tabIndex={0} aria-label={words.label}>
        {readable(text)}
      </Code>
    </div>
  );
}

function readable(text: string): string {
  try {
    return exactText(parseExact(text), 2);
  } catch {
    return text;
  }
}
