import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { texts } from "../texts/texts";
import classes from "./PageFrame.module.css";

interface Props {
  readonly title: string;
  /** One line under the title. */
  readonly lead?: ReactNode;
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode;
  /** Fill the height of the window, so that the content scrolls in itself. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** A page with its title, which is the document's title as well. */
export function PageFrame({ title, lead, actions, fill = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${texts.common.product}`;
  }, [title]);
  return (
    <div className={classes.page} data-fill={fill || undefined}>
      <Group justify="space-between" align="flex-start" gap="sm" className={classes.head}>
        <div className={classes.titles}>
          <Title order={1} size="h3">
            {title}
          </Title>
          {lead !== undefined && (
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </div>
  );
}
