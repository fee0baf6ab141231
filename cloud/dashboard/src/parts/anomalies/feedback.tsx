// What people say of an anomaly, and the buttons to say it.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useFeedback, type Anomaly, type Said, type Verdict } from "../../api/anomalies";
import { useMe } from "../../api/queries";
import { day } from "../../format";
import { VERDICTS } from "./words";

const CHOICES = Object.entries(VERDICTS) as [Verdict, string][];

export function FeedbackButtons({ anomaly }: { anomaly: Anomaly }) {
  const { data: me } = useMe();
  const [note, setNote] = useState("");
  const feedback = useFeedback(anomaly.id);
  if (!me || me.role === "viewer") return null;
  const say = (verdict: Verdict) =>
    feedback.mutate({ verdict, ...(note.trim() ? { note: note.trim() } : {}) }, { onSuccess: () => setNote("") });
  return (
    <div className="feedback">
      <h3 className="section-title">What was it?</h3>
      <div className="feedback-buttons">
        {CHOICES.map(([verdict, name]) => (
          <Button
            key={verdict}
            size="compact-sm"
            variant={anomaly.verdict === verdict ? "filled" : "light"}
            aria-pressed={anomaly.verdict === verdict}
            loading={feedback.isPending && feedback.variables.verdict === verdict}
            disabled={feedback.isPending}
            onClick={() => say(verdict)}
          >
            {name}
          </Button>
        ))}
      </div>
      <TextInput
        size="xs"
        aria-label="Note"
        placeholder="A note, sent with your answer"
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {feedback.error && (
        <p className="small" role="alert">
          {feedback.error.message}
        </p>
      )}
    </div>
  );
}

export function SaidList({ said, timeZone }: { said: Said[]; timeZone: string | undefined }) {
  if (said.length === 0) return null;
  return (
    <ul className="said dim small">
      {said.map((each) => (
        <li key={`${each.at} ${each.author} ${each.verdict}`}>
          {day(each.at, timeZone)}, {each.author}: {VERDICTS[each.verdict]}
          {each.note && ` – ${each.note}`}
        </li>
      ))}
    </ul>
  );
}
