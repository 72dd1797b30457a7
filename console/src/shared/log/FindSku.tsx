import { Button } from "@mantine/core";
import { Link } from "react-router";
import { texts } from "../texts/texts";

/** The way to a SKU whose id is not known: its vendor's log lists it. */
export function FindSku() {
  return (
    <Button component={Link} to="/log?by=vendor" variant="default">
      {texts.audit.findSku}
    </Button>
  );
}
