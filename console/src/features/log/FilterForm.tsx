import { Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { fieldOfMoment, momentOfField, zoneName } from "../../shared/format/localTime";
import { type RecordQuery, SUBJECTS, type Subject } from "../../shared/log/lists";
import { texts } from "../../shared/texts/texts";
import { recordType } from "../../shared/ui/records";
import { isFilterable } from "./query";

interface Props {
  readonly query: RecordQuery | null;
  /** By what records are looked for if nothing is chosen yet. */
  readonly begin?: Subject | undefined;
  readonly onSubmit: (query: RecordQuery) => void;
}

const words = texts.log;
const TYPES = Object.keys(texts.records.types);

/** Which records to list: what the service's lists offer, and nothing else. */
export function FilterForm({ query, begin: beginWith = "sku", onSubmit }: Props) {
  const [subject, setSubject] = useState<Subject>(query?.subject ?? beginWith);
  const [id, setId] = useState(query?.id ?? "");
  const [type, setType] = useState(query?.type ?? "");
  const [from, setFrom] = useState(fieldOfMoment(query?.from));
  const [to, setTo] = useState(fieldOfMoment(query?.to));
  const [order, setOrder] = useState<"asc" | "desc">(query?.order ?? "desc");
  useEffect(() => {
    // The address was changed by something else than this form, such as a link or the back button.
    if (query === null) return;
    setSubject(query.subject);
    setId(query.id);
    setType(query.type ?? "");
    setFrom(fieldOfMoment(query.from));
    setTo(fieldOfMoment(query.to));
    setOrder(query.order ?? "desc");
  }, [query]);
  const [begin, end] = [momentOfField(from), momentOfField(to)];
  const isEmptyPeriod = begin !== null && end !== null && begin >= end;
  const wanted = subject === "order" ? id.trim() : id.trim().toUpperCase();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === "" || isEmptyPeriod) return;
    const filter = {
      type: type || undefined,
      from: begin ?? undefined,
      to: end ?? undefined,
      order,
    };
    onSubmit({ subject, id: wanted, ...(isFilterable(subject) ? filter : {}) });
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label={words.subject}
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value as Subject)}
            data={SUBJECTS.map((value) => ({ value, label: words.subjects[value] }))}
          />
          <TextInput
            label={words.ids[subject]}
            placeholder={words.placeholders[subject]}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            autoFocus={query === null}
            style={{ flex: "1 1 16rem", maxWidth: "28rem" }}
          />
          <Button type="submit" disabled={wanted === ""}>
            {words.show}
          </Button>
        </Group>
        {isFilterable(subject) && (
          <Group gap="sm" align="flex-start">
            <NativeSelect
              label={words.type}
              value={type}
              onChange={(event) => setType(event.currentTarget.value)}
              data={[
                { value: "", label: words.allTypes },
                ...TYPES.map((value) => ({ value, label: recordType(value) })),
              ]}
            />
            <NativeSelect
              label={words.sort}
              value={order}
              onChange={(event) => setOrder(event.currentTarget.value as "asc" | "desc")}
              data={[
                { value: "desc", label: words.newest },
                { value: "asc", label: words.oldest },
              ]}
            />
            <TimeField label={words.from} value={from} onChange={setFrom} />
            <TimeField
              label={words.to}
              value={to}
              onChange={setTo}
              error={isEmptyPeriod ? words.invalidPeriod : undefined}
            />
          </Group>
        )}
        {isFilterable(subject) && (
          <Text size="xs" c="dimmed">
            {words.zone(zoneName())}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string;
}

function TimeField({ label, value, onChange, error }: TimeFieldProps) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}
