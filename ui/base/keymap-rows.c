/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/keymap.h"

#include <glib/gi18n.h>

#define FILES N_ ("Scans")
#define WINDOW N_ ("Window")

/* clang-format off */
static const SagUiKeyRow rows[] = {
  { "win.open", FILES, N_ ("Open scans…"), "<Control>o", "<Control>o <Control>g" },
  { "win.demo", FILES, N_ ("Try the demo case"), "<Control>d", "<Control>d" },
  { "win.next-case", FILES, N_ ("Next case"), "<Control>Page_Down", "<Control>Page_Down" },
  { "win.previous-case", FILES, N_ ("Previous case"), "<Control>Page_Up", "<Control>Page_Up" },
  { "win.close-case", FILES, N_ ("Close the case"), "<Control>w", "<Control>w" },

  { "win.focus-views", WINDOW, N_ ("Back to the views"), "Escape", "Escape" },
  { "win.show-cases", WINDOW, N_ ("Show the list of cases"), "F9", "F9" },
  { "win.show-tools", WINDOW, N_ ("Show the pane on the right"), "F10", "F10" },
  { "win.fullscreen", WINDOW, N_ ("Full screen"), "F11", "F11" },
  { "win.show-keys", WINDOW, N_ ("Keys"), "question <Control>question", "question <Control>question" },
  { "win.preferences", WINDOW, N_ ("Preferences"), "<Control>comma", "<Control>comma" },
  { "app.new-window", WINDOW, N_ ("New window"), "<Control>n", "<Control>n" },
  { "window.close", WINDOW, N_ ("Close the window"), "<Control><Shift>w", "<Control><Shift>w" },
  { "app.quit", WINDOW, N_ ("Quit"), "<Control>q", "<Control>q" },
};
/* clang-format on */

const SagUiKeyRow *
sag_ui_key_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}
