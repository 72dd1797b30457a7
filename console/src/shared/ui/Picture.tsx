import { useState } from "react";
import { PictureIcon } from "./icons";
import classes from "./Picture.module.css";

interface Props {
  /** An address of the vendor's own; absent or broken: a placeholder. */
  readonly src: string | null | undefined;
  /** Width and height in pixels. */
  readonly size: number;
  /** What it shows; empty where the name stands beside it. */
  readonly alt?: string;
}

/** A product's picture. It is loaded when it comes near the window, and its host learns nothing of this page. */
export function Picture({ src, size, alt = "" }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  if (!src || broken === src || !/^https:\/\//i.test(src)) {
    return (
      <span className={classes.placeholder} style={{ width: size, height: size }} aria-hidden="true">
        <PictureIcon />
      </span>
    );
  }
  return (
    <img
      className={classes.picture}
      src={src}
      alt={alt}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setBroken(src)}
    />
  );
}
