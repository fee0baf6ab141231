import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { SubmitEvent } from "react";
import { useLocation, useSearchParams } from "wouter";
import { send } from "../api/client";
import { Door, Refusal } from "../parts/door";

export default function SignInPage() {
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const cache = useQueryClient();
  const signIn = useMutation({
    mutationFn: (credentials: object) => send("POST", "/api/v1/identity/session", credentials),
    onSuccess: () => {
      cache.clear();
      go(inside(search.get("to")), { replace: true });
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return (
    <Door title="Sign in">
      <form className="grid" onSubmit={submit}>
        <TextInput label="Email" name="email" type="email" autoComplete="username" required withAsterisk={false} autoFocus size="md" />
        <PasswordInput label="Password" name="password" autoComplete="current-password" required withAsterisk={false} size="md" />
        <Refusal error={signIn.error} />
        <Button type="submit" size="md" loading={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </Door>
  );
}

/** Only a path of our own is followed after sign-in. */
const inside = (to: string | null) => (to !== null && /^\/(?![/\\])/.test(to) ? to : "/");
