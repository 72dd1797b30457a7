import { Button, FileButton } from "@mantine/core";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { download } from "../../shared/format/csv";
import { verifyAddress } from "../../shared/log/addresses";
import { FORMATS } from "../../shared/log/exports";
import { FindSku } from "../../shared/log/FindSku";
import { SkuForm } from "../../shared/log/SkuForm";
import { SkuLinks } from "../../shared/log/SkuLinks";
import { texts } from "../../shared/texts/texts";
import { DownloadIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { EmptyState, ErrorState } from "../../shared/ui/states";
import { Rows } from "./Rows";
import { Summary } from "./Summary";
import { isUnknownSku, useVerification, type Verification } from "./useVerification";

const words = texts.verify;

/** The log of a SKU, verified by this browser. */
export function VerifyPage() {
  const { sku = null } = useParams();
  const navigate = useNavigate();
  const [ownKeys, setOwnKeys] = useState<OwnKeys | null>(null);
  const { verification, error, again } = useVerification(sku, ownKeys?.text ?? null);
  const isDone = verification.state === "done" && error === null;
  return (
    <PageFrame
      title={sku === null ? words.title : words.titleOf(sku)}
      lead={sku === null ? words.lead : <SkuLinks sku={sku} without="verify" />}
      actions={
        isDone &&
        sku !== null && <Actions sku={sku} verification={verification} onKeys={setOwnKeys} onAgain={again} />
      }
    >
      <SkuForm
        sku={sku ?? ""}
        submit={words.submit}
        onSubmit={(wanted) => (wanted === sku ? again() : void navigate(verifyAddress(wanted)))}
      />
      {sku === null ? (
        <EmptyState title={words.start.title} detail={words.start.detail} action={<FindSku />} />
      ) : error !== null ? (
        <Failure error={error} onRetry={again} />
      ) : (
        <>
          <Summary verification={verification} keysFile={ownKeys?.name ?? null} />
          {verification.rows.length > 0 && <Rows key={sku} verification={verification} />}
        </>
      )}
    </PageFrame>
  );
}

function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  if (isUnknownSku(error)) {
    const { title, detail } = texts.audit.skuNotFound;
    return <EmptyState title={title} detail={detail} action={<FindSku />} />;
  }
  return <ErrorState error={error} onRetry={onRetry} />;
}

/** Keys that were kept elsewhere. */
interface OwnKeys {
  readonly name: string;
  readonly text: string;
}

interface ActionsProps {
  readonly sku: string;
  readonly verification: Verification;
  readonly onKeys: (keys: OwnKeys | null) => void;
  readonly onAgain: () => void;
}

/** Verify again, also with other keys, and keep what was verified. */
function Actions({ sku, verification, onKeys, onAgain }: ActionsProps) {
  const { lines, keys } = verification;
  const records = () => {
    const text = lines.map((line) => `${line}\n`);
    download(`log-${sku}.${FORMATS.jsonLines.extension}`, text, FORMATS.jsonLines.accept);
  };
  return (
    <>
      <Button variant="default" leftSection={<DownloadIcon />} title={words.saveHint} onClick={records}>
        {texts.audit.exports.jsonLines}
      </Button>
      <Button
        variant="default"
        leftSection={<DownloadIcon />}
        title={words.saveHint}
        onClick={() => download("keys.json", keys, "application/json")}
      >
        {words.saveKeys}
      </Button>
      <FileButton
        accept="application/json,.json"
        onChange={(file) => file && void file.text().then((text) => onKeys({ name: file.name, text }))}
      >
        {(button) => (
          <Button {...button} variant="default" title={words.ownKeysHint}>
            {words.ownKeys}
          </Button>
        )}
      </FileButton>
      <Button onClick={onAgain}>{words.again}</Button>
    </>
  );
}
