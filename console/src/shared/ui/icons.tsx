import type { ReactNode } from "react";

/** Line icons of 20 units; decoration only, so whatever shows one names itself. */
function Icon({ children, size = 18 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const BoxIcon = () => (
  <Icon>
    <path d="M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5 10 10l7-3.5M10 10v7" />
  </Icon>
);
export const ChartIcon = () => (
  <Icon>
    <path d="M3 17h14M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6" />
  </Icon>
);
export const OrderIcon = () => (
  <Icon>
    <path d="M5 3h10v14l-2.5-1.6L10 17l-2.5-1.6L5 17zM8 7h4M8 10.5h4" />
  </Icon>
);
export const TagIcon = () => (
  <Icon>
    <path d="M3 3h6.5L17 10.5 10.5 17 3 9.5zM6.5 6.5h.01" />
  </Icon>
);
export const ShelfIcon = () => (
  <Icon>
    <path d="M3 3v14M17 3v14M3 9h14M3 15.5h14M6 5.5h3V9H6zM11.5 11.5h3v4h-3z" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <path d="M10 3 18 16.5H2zM10 8v4M10 14.2v.1" />
  </Icon>
);
export const ListIcon = () => (
  <Icon>
    <path d="M7.5 5H17M7.5 10H17M7.5 15H17M3.5 5h.01M3.5 10h.01M3.5 15h.01" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M10 2.5 16.5 5v4.5c0 4-2.7 6.8-6.5 8-3.8-1.2-6.5-4-6.5-8V5zM7 10l2.2 2.2L13.2 8" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 6v4.2l2.8 1.8" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m4 10.5 4 4 8-9" />
  </Icon>
);
export const LockIcon = () => (
  <Icon>
    <path d="M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.5" />
    <path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z" />
  </Icon>
);
export const PersonIcon = () => (
  <Icon>
    <circle cx="10" cy="7" r="3.2" />
    <path d="M3.5 17c.6-3.3 3.2-5 6.5-5s5.9 1.7 6.5 5" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="8.7" cy="8.7" r="5" />
    <path d="m12.5 12.5 4.5 4.5" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3v9.5M6 9l4 4 4-4M3.5 17h13" />
  </Icon>
);
export const PrintIcon = () => (
  <Icon>
    <path d="M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6z" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);
export const PictureIcon = () => (
  <Icon>
    <path d="M3 4h14v12H3zM3 13.5l4-4 3 3 2.5-2.5 4.5 4.5M12.5 7.5h.01" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" strokeWidth="2.6" />
  </Icon>
);
export const CountIcon = () => (
  <Icon>
    <path d="M3 5v10M6 5v10M9 5v10M12 5v10M2 13 15 6" />
  </Icon>
);
export const ImportIcon = () => (
  <Icon>
    <path d="M10 3v9M6.5 8.5 10 12l3.5-3.5M3 14v3h14v-3" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);
