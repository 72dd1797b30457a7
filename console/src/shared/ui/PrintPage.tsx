import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { texts } from "../texts/texts";
import { PrintIcon } from "./icons";
import { PageFrame } from "./PageFrame";

interface Props {
  readonly title: string;
  readonly lead: string;
  /** The address of the page that it belongs to, and what that is called. */
  readonly back: string;
  readonly backLabel: string;
  /** Whether all of it is there. */
  readonly isReady: boolean;
  readonly children: ReactNode;
}

/** A page to be printed: what is not on paper has the class `no-print`. */
export function PrintPage({ title, lead, back, backLabel, isReady, children }: Props) {
  return (
    <PageFrame
      title={title}
      lead={lead}
      actions={
        <>
          <Button className="no-print" component={Link} to={back} variant="default">
            {backLabel}
          </Button>
          <Button
            className="no-print"
            leftSection={<PrintIcon />}
            disabled={!isReady}
            onClick={() => window.print()}
          >
            {texts.common.print}
          </Button>
        </>
      }
    >
      {children}
    </PageFrame>
  );
}
