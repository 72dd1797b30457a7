import { Button, Group, NavLink, Paper, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { catalog, documentOf } from "../shared/api/clients";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { EmptyState, ErrorState, LoadingState } from "../shared/ui/states";

const VENDORS_SHOWN_MAX = 100;

/** For who may see every vendor: which one. */
export function ChooseVendorPage() {
  const words = texts.shell.chooseVendor;
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const vendors = useQuery({
    queryKey: ["vendors"],
    queryFn: ({ signal }) =>
      documentOf(catalog.GET("/vendors", { params: { query: { limit: VENDORS_SHOWN_MAX } }, signal })),
  });
  const address = (vendor: string) => {
    const next = new URLSearchParams(query);
    next.set("vendor", vendor);
    return { search: `?${next}` };
  };
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim()) {
      void navigate(address(typed.trim().toUpperCase()));
    }
  };
  return (
    <PageFrame title={words.title} lead={words.detail}>
      <Paper withBorder p="md" maw="32rem">
        <form onSubmit={open}>
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput
              label={words.label}
              placeholder={words.placeholder}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              style={{ flex: 1 }}
            />
            <Button type="submit">{words.open}</Button>
          </Group>
        </form>
        {vendors.isPending && <LoadingState />}
        {vendors.isError && <ErrorState error={vendors.error} onRetry={() => void vendors.refetch()} />}
        {vendors.data?.items.length === 0 && <EmptyState title={words.empty} />}
        {vendors.data?.items
          .filter(({ vendor_id }) => vendor_id.includes(typed.trim().toUpperCase()))
          .map(({ vendor_id }) => (
            <NavLink key={vendor_id} component={Link} to={address(vendor_id)} label={vendor_id} />
          ))}
      </Paper>
    </PageFrame>
  );
}

/** A vendor's account without a vendor. */
export function NoVendorPage() {
  const words = texts.shell.noVendor;
  return (
    <PageFrame title={words.title}>
      <EmptyState title={words.title} detail={words.detail} />
    </PageFrame>
  );
}
