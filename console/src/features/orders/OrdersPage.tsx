import { Button } from "@mantine/core";
import { useSearchParams } from "react-router";
import { usePrincipal } from "../../shared/session/session";
import { texts } from "../../shared/texts/texts";
import { PlusIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { actionsOf } from "./allowed";
import { DueOrders } from "./DueOrders";
import { DEFAULT_HORIZON, type Horizon, horizonOf } from "./due";
import { FindOrder } from "./FindOrder";
import { NewOrderDrawer } from "./NewOrderDrawer";
import classes from "./Orders.module.css";
import { AskReservations, SkuReservations } from "./SkuReservations";

/** The order desk: an order by its id, what reserves a SKU, and what is due. A vendor has the first two. */
export function OrdersPage() {
  const words = texts.orders;
  const { role } = usePrincipal();
  const [query, setQuery] = useSearchParams();
  const set = (name: string, value: string | null) =>
    setQuery(
      (known) => {
        const next = new URLSearchParams(known);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const sku = query.get("sku") ?? "";
  // Vendors neither list orders nor place them.
  const isDesk = actionsOf(role).includes("confirm");
  return (
    <PageFrame
      title={words.title}
      actions={
        isDesk && (
          <Button leftSection={<PlusIcon />} variant="default" onClick={() => set("new", "true")}>
            {words.create.button}
          </Button>
        )
      }
    >
      <div className={classes.tools}>
        <FindOrder />
        <AskReservations sku={sku} onAsk={(asked) => set("sku", asked)} />
      </div>
      {sku !== "" && <SkuReservations sku={sku} onClose={() => set("sku", null)} />}
      {isDesk && (
        <DueOrders
          horizon={horizonOf(query.get("due"))}
          onHorizon={(horizon: Horizon) => set("due", horizon === DEFAULT_HORIZON ? null : horizon)}
        />
      )}
      {isDesk && query.get("new") === "true" && <NewOrderDrawer onClose={() => set("new", null)} />}
    </PageFrame>
  );
}
