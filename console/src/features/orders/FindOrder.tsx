import { Button, Paper, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { isProblem, readable } from "../../shared/api/problems";
import { usePrincipal } from "../../shared/session/session";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { readOrder } from "./commands";
import classes from "./Orders.module.css";
import { orderIdOf } from "./orderId";
import { orderQuery } from "./queries";

/** An order by its id: Enter opens it, or says that there is none. */
export function FindOrder() {
  const words = texts.orders.find;
  const { role } = usePrincipal();
  const client = useQueryClient();
  const navigate = useNavigate();
  const address = useVendorAddress();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [isUnknown, setUnknown] = useState(false);
  const find = useMutation({
    mutationFn: (orderId: string) => readOrder(orderId),
    onSuccess: (stored, orderId) => {
      client.setQueryData(orderQuery(orderId).queryKey, stored);
      void navigate(address(`/orders/${orderId}`));
    },
    onError: (error, orderId) => {
      const unknown = role === "vendor" ? words.unknownOfVendor : words.unknown;
      const isNotFound = isProblem(error, "order_not_found");
      setWrong(isNotFound ? unknown(orderId) : messageOf(error));
      setUnknown(isNotFound);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const orderId = orderIdOf(typed);
    if (orderId === null) setWrong(words.invalid);
    else find.mutate(orderId);
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="find">
      <Title order={2} size="h5" id="find" mb="xs">
        {words.title}
      </Title>
      <form onSubmit={submit} noValidate className={classes.ask}>
        <TextInput
          label={words.label}
          placeholder={words.placeholder}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(null);
            setUnknown(false);
          }}
          error={wrong}
          errorProps={{ role: "alert" }}
          spellCheck={false}
          autoFocus
        />
        <Button type="submit" loading={find.isPending} className={classes.askButton}>
          {words.open}
        </Button>
      </form>
      {isUnknown && (
        <Text size="xs" c="dimmed" mt="xs">
          {role === "vendor" ? words.refusedOfVendor : words.refused}
        </Text>
      )}
    </Paper>
  );
}

function messageOf(error: unknown): string {
  const { title, detail } = readable(error);
  return [title, detail].filter(Boolean).join(": ");
}
