import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { texts } from "../../shared/texts/texts";
import { CloseIcon } from "../../shared/ui/icons";
import { Picture } from "../../shared/ui/Picture";
import {
  type Attribute,
  type Details,
  type FieldError,
  IMAGES_MAX,
  isPictureAddress,
  TAGS_MAX,
} from "./details";
import classes from "./Products.module.css";

interface Props {
  readonly details: Details;
  readonly onChange: (details: Details) => void;
  readonly errors: Partial<Record<Attribute, FieldError>>;
  /** Those that the vendor uses already. */
  readonly categories: readonly string[];
}

/** What a vendor says about a product. */
export function DetailsFields({ details, onChange, errors, categories }: Props) {
  const words = texts.products.form;
  const edit = (members: Partial<Details>) => onChange({ ...details, ...members });
  const errorOf = (name: Attribute) => {
    const error = errors[name];
    return error && texts.products.errors[error];
  };
  return (
    <Stack gap="sm">
      <TextInput
        label={words.name}
        withAsterisk
        value={details.product_name}
        onChange={(event) => edit({ product_name: event.currentTarget.value })}
        error={errorOf("product_name")}
        data-autofocus
      />
      <Group grow align="flex-start" gap="sm">
        <Autocomplete
          label={words.category}
          withAsterisk
          data={[...categories]}
          limit={20}
          value={details.category}
          onChange={(category) => edit({ category })}
          error={errorOf("category")}
        />
        <TextInput
          label={words.subcategory}
          value={details.subcategory}
          onChange={(event) => edit({ subcategory: event.currentTarget.value })}
          error={errorOf("subcategory")}
        />
      </Group>
      <Group grow align="flex-start" gap="sm">
        <TextInput
          label={words.price}
          withAsterisk
          inputMode="decimal"
          value={details.base_price}
          onChange={(event) => edit({ base_price: event.currentTarget.value })}
          error={errorOf("base_price")}
        />
        <TextInput
          label={words.brand}
          value={details.brand}
          onChange={(event) => edit({ brand: event.currentTarget.value })}
          error={errorOf("brand")}
        />
      </Group>
      <Textarea
        label={words.description}
        autosize
        minRows={3}
        maxRows={12}
        value={details.description}
        onChange={(event) => edit({ description: event.currentTarget.value })}
        error={errorOf("description")}
      />
      <TagsInput
        label={words.tags}
        description={words.tagsHint}
        maxTags={TAGS_MAX}
        value={[...details.tags]}
        onChange={(tags) => edit({ tags })}
        error={errorOf("tags")}
      />
      <Pictures images={details.images} onChange={(images) => edit({ images })} error={errorOf("images")} />
    </Stack>
  );
}

interface PicturesProps {
  readonly images: readonly string[];
  readonly onChange: (images: readonly string[]) => void;
  readonly error: string | undefined;
}

function Pictures({ images, onChange, error }: PicturesProps) {
  const words = texts.products.form;
  const set = (index: number, address: string) => onChange(images.with(index, address));
  const without = (index: number) => images.filter((_, other) => other !== index);
  return (
    <Stack gap={4} role="group" aria-labelledby="pictures">
      <Text size="sm" fw={600} id="pictures">
        {words.pictures}
      </Text>
      <Text size="xs" c="dimmed">
        {words.picturesHint}
      </Text>
      {images.map((image, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the position is what an address is known by while typed.
        <div key={index} className={classes.picture}>
          <Picture src={isPictureAddress(image.trim()) ? image.trim() : null} size={36} />
          <TextInput
            aria-label={words.pictureAddress(index + 1)}
            placeholder="https://"
            inputMode="url"
            value={image}
            onChange={(event) => set(index, event.currentTarget.value)}
          />
          {index > 0 && (
            <Button
              variant="subtle"
              size="compact-sm"
              aria-label={words.firstPicture(index + 1)}
              onClick={() => onChange([image, ...without(index)])}
            >
              {words.first}
            </Button>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.removePicture(index + 1)}
            onClick={() => onChange(without(index))}
          >
            <CloseIcon />
          </ActionIcon>
        </div>
      ))}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {images.length < IMAGES_MAX && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: "flex-start" }}
          onClick={() => onChange([...images, ""])}
        >
          {words.addPicture}
        </Button>
      )}
    </Stack>
  );
}
