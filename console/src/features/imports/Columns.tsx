import {
  Button,
  Collapse,
  Group,
  NativeSelect,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { texts } from "../../shared/texts/texts";
import { WideTable } from "../../shared/ui/WideTable";
import { FileChooser } from "./ChooseFile";
import classes from "./Imports.module.css";
import type { HowToRead, ImportColumn, Kind } from "./protocol";
import type { ChosenFile, FileOptions } from "./useImport";

const words = texts.imports.file;
const KINDS: readonly Kind[] = ["products", "skus", "stock"];

interface Props {
  readonly chosen: ChosenFile;
  readonly onOpen: (file: File, options?: FileOptions) => void;
  readonly onCompare: (kind: Kind, how: HowToRead) => void;
}

/** What the file is, and what its columns mean. */
export function Columns({ chosen, onOpen, onCompare }: Props) {
  const { described, file } = chosen;
  const [preset, setPreset] = useState(described.presets[0]?.name ?? "");
  const likeliest = preset ? "products" : described.kinds[0]?.name;
  const [kind, setKind] = useState<Kind>(chosen.kind ?? likeliest ?? "products");
  const [decimal, setDecimal] = useState(".");
  const [reference, setReference] = useState(described.reference);
  const columns = described.kinds.find(({ name }) => name === kind)?.columns ?? [];
  const [mapped, setMapped] = useState<Readonly<Record<string, string>>>({});
  const columnOf = (column: ImportColumn) => mapped[column.name] ?? column.file_column ?? "";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const shared = kind === "stock" ? { reference: reference.trim() } : {};
    if (preset) {
      onCompare(kind, { ...shared, preset });
      return;
    }
    const chosenColumns = Object.fromEntries(
      columns.flatMap((column) => (columnOf(column) ? [[column.name, columnOf(column)]] : [])),
    );
    onCompare(kind, { ...shared, columns: chosenColumns, decimal });
  };

  return (
    <form onSubmit={submit}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h5">
              {file.name}
            </Title>
            <Text size="sm" c="dimmed">
              {words.notes(described.notes.join(", "))}
            </Text>
          </div>
          <FileOptionsButton chosen={chosen} onOpen={onOpen} />
        </Group>
        <Group align="flex-end">
          {described.presets.length > 0 && (
            <NativeSelect
              label={words.from}
              value={preset}
              onChange={(event) => setPreset(event.currentTarget.value)}
              data={[
                ...described.presets.map(({ name, title }) => ({ value: name, label: title })),
                { value: "", label: words.ownTable },
              ]}
            />
          )}
          <div>
            <Text size="sm" fw={500} id="import-kind" mb={2}>
              {words.kind}
            </Text>
            <SegmentedControl
              aria-labelledby="import-kind"
              data={KINDS.map((value) => ({ value, label: words.kinds[value] }))}
              value={kind}
              onChange={(value) => setKind(value as Kind)}
            />
          </div>
          {kind === "stock" && (
            <TextInput
              label={words.reference}
              description={words.referenceHint}
              value={reference}
              onChange={(event) => setReference(event.currentTarget.value)}
              required
              maxLength={100}
            />
          )}
          {!preset && (
            <NativeSelect
              label={words.decimal}
              value={decimal}
              onChange={(event) => setDecimal(event.currentTarget.value)}
              data={[
                { value: ".", label: words.decimals.point },
                { value: ",", label: words.decimals.comma },
              ]}
            />
          )}
        </Group>
        {preset && (
          <Text size="sm" c="dimmed">
            {words.kindStep(KINDS.indexOf(kind) + 1)}
          </Text>
        )}
        {preset ? (
          <Sample chosen={chosen} />
        ) : (
          <WideTable minWidth={420} label={words.columns}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.importColumn}</Table.Th>
                <Table.Th>{words.fileColumn}</Table.Th>
                <Table.Th>{words.example}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {columns.map((column) => (
                <Table.Tr key={column.name}>
                  <Table.Td>
                    {texts.imports.columnNames[column.name] ?? column.name}
                    {column.is_required && (
                      <Text span size="xs" c="dimmed">
                        {" "}
                        {words.required}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <NativeSelect
                      size="xs"
                      aria-label={texts.imports.columnNames[column.name] ?? column.name}
                      value={columnOf(column)}
                      onChange={(event) => {
                        const { value } = event.currentTarget;
                        setMapped((before) => ({ ...before, [column.name]: value }));
                      }}
                      data={[{ value: "", label: words.none }, ...described.columns]}
                    />
                  </Table.Td>
                  <Table.Td className={classes.example}>
                    {described.sample[0]?.[described.columns.indexOf(columnOf(column))] ?? ""}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )}
        <Group>
          <Button type="submit">{words.compare}</Button>
          <FileChooser
            label={texts.imports.drop.other}
            variant="default"
            onChoose={(other) => onOpen(other)}
          />
        </Group>
      </Stack>
    </form>
  );
}

function FileOptionsButton({ chosen, onOpen }: Pick<Props, "chosen" | "onOpen">) {
  const [opened, { toggle }] = useDisclosure();
  const [options, setOptions] = useState<FileOptions>(chosen.options);
  const isWorkbook = /\.xlsx$/i.test(chosen.file.name);
  const isDelimited = /\.(csv|tsv|txt)$/i.test(chosen.file.name);
  const field = (name: keyof FileOptions, description?: string) => (
    <TextInput
      size="xs"
      label={words[name]}
      description={description}
      value={options[name] ?? ""}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setOptions((before) => ({ ...before, [name]: value }));
      }}
    />
  );
  return (
    <div>
      <Button variant="default" size="compact-sm" aria-expanded={opened} onClick={toggle}>
        {words.options}
      </Button>
      <Collapse expanded={opened}>
        <Group align="flex-end" mt="xs">
          {isWorkbook ? field("sheet") : field("encoding", words.encodingHint)}
          {isDelimited && field("separator", words.separatorHint)}
          <Button size="xs" variant="default" onClick={() => onOpen(chosen.file, options)}>
            {words.again}
          </Button>
        </Group>
      </Collapse>
    </div>
  );
}

function Sample({ chosen }: { chosen: ChosenFile }) {
  const { columns, sample } = chosen.described;
  return (
    <WideTable minWidth={420} label={words.sample}>
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column}>{column}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {sample.map((cells, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name, and stay.
          <Table.Tr key={row}>
            {cells.map((cell, index) => (
              <Table.Td key={columns[index]} className={classes.example}>
                {cell}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
