import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { texts } from "../texts/texts";

interface Props {
  readonly sku: string;
  readonly submit: string;
  readonly onSubmit: (sku: string) => void;
}

/** Which SKU a page is about. */
export function SkuForm({ sku, submit, onSubmit }: Props) {
  const words = texts.audit.skuForm;
  const [typed, setTyped] = useState(sku);
  useEffect(() => setTyped(sku), [sku]);
  const wanted = typed.trim().toUpperCase();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (wanted !== "") onSubmit(wanted);
  };
  return (
    <form onSubmit={send}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={words.label}
          placeholder={words.placeholder}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          autoFocus={sku === ""}
          style={{ flex: "1 1 16rem", maxWidth: "30rem" }}
        />
        <Button type="submit" disabled={wanted === ""}>
          {submit}
        </Button>
      </Group>
    </form>
  );
}
