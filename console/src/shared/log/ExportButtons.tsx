import { Button, Group, Text } from "@mantine/core";
import { texts } from "../texts/texts";
import { DownloadIcon } from "../ui/icons";
import { FORMATS, type Format } from "./exports";
import type { ListReader } from "./lists";
import { useExport } from "./useExport";

interface Props {
  readonly read: ListReader;
  /** The name of the file, without its extension. */
  readonly name: string;
}

const units = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** The whole list as a file, in the bytes that the service serves. */
export function ExportButtons({ read, name }: Props) {
  const words = texts.audit.exports;
  const { running, start, cancel } = useExport(read, name);
  if (running !== null) {
    return (
      <Group gap="xs">
        <Text size="sm" c="dimmed" role="status">
          {words.running(units.format(running.bytes / 1e6))}
        </Text>
        <Button variant="default" onClick={cancel}>
          {texts.common.cancel}
        </Button>
      </Group>
    );
  }
  return (Object.keys(FORMATS) as Format[]).map((format) => (
    <Button
      key={format}
      variant="default"
      leftSection={<DownloadIcon />}
      title={words.hint}
      onClick={() => void start(format)}
    >
      {words[format]}
    </Button>
  ));
}
