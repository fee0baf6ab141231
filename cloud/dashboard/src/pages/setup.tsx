// The first administrator, made with the one-time link the server printed.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useLocation } from "wouter";
import { send } from "../api/client";
import { Door, Refusal } from "../parts/door";

const SHORTEST = 10;

export default function SetupPage() {
  // The token stands after '#', so that it reaches no log; it is taken out of the address at once.
  const [token] = useState(() => window.location.hash.slice(1));
  const [, go] = useLocation();
  const cache = useQueryClient();
  const setUp = useMutation({
    mutationFn: (person: object) => send("POST", "/api/v1/identity/setup", { token, ...person }),
    onSuccess: () => {
      cache.clear();
      go("/", { replace: true });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setUp.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  };
  if (!token) {
    return (
      <Door title="Set up Voltonic">
        <p className="dim">
          Open the link that the server printed at its first start; it carries a one-time token after the # sign.
        </p>
        <Link href="/sign-in">Sign in instead</Link>
      </Door>
    );
  }
  return (
    <Door title="Create the first administrator">
      <form className="grid" onSubmit={submit}>
        <TextInput label="Name" name="name" autoComplete="name" required withAsterisk={false} autoFocus size="md" />
        <TextInput label="Email" name="email" type="email" autoComplete="username" required withAsterisk={false} size="md" />
        <PasswordInput
          label="Password"
          name="password"
          description={`At least ${SHORTEST} characters`}
          autoComplete="new-password"
          minLength={SHORTEST}
          required
          withAsterisk={false}
          size="md"
        />
        <Refusal error={setUp.error} />
        <Button type="submit" size="md" loading={setUp.isPending}>
          Create and sign in
        </Button>
      </form>
    </Door>
  );
}
