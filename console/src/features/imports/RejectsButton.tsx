import { Button, Text } from "@mantine/core";
import { downloadBlob } from "../../shared/format/csv";
import { texts } from "../../shared/texts/texts";
import { DownloadIcon } from "../../shared/ui/icons";
import { showError } from "../../shared/ui/toasts";

const words = texts.imports.preview;

interface Props {
  readonly rejectsFile: () => Promise<{ name: string; content: Blob } | null>;
}

/** The rejected rows as a file that can be corrected and imported. */
export function RejectsButton({ rejectsFile }: Props) {
  const save = async () => {
    try {
      const file = await rejectsFile();
      if (file !== null) {
        downloadBlob(file.name, file.content);
      }
    } catch (error) {
      showError(error);
    }
  };
  return (
    <div>
      <Button variant="default" leftSection={<DownloadIcon />} onClick={() => void save()}>
        {words.rejects}
      </Button>
      <Text size="xs" c="dimmed" mt={4}>
        {words.rejectsHint}
      </Text>
    </div>
  );
}
