/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/place.h"

#include <glib/gi18n.h>
#include <string.h>

/* Where to go once the scan is there. */
typedef struct
{
  SagUiCase *one;
  double     ras_mm[3];
} Wish;

static void
wish_free (gpointer data, GClosure *closure)
{
  Wish *wish = data;

  g_object_unref (wish->one);
  g_free (wish);
}

/* TRUE when there is nothing left to wait for. */
static gboolean
go (SagUiDisplay *display, SagUiCase *one, const double ras_mm[3])
{
  if (sag_ui_display_get_case (display) != one)
    return TRUE;
  if (sag_ui_display_get_volume (display) == NULL)
    return FALSE;
  sag_ui_display_set_cross (display, ras_mm);
  return TRUE;
}

static void
changed_cb (SagUiDisplay *display, guint flags, gpointer data)
{
  Wish *wish = data;

  if ((flags & SAG_UI_CHANGE_CASE) == 0)
    return;
  /* Setting the crosshair is a change, too. */
  g_signal_handlers_block_by_func (display, changed_cb, data);
  if (go (display, wish->one, wish->ras_mm))
    g_signal_handlers_disconnect_by_func (display, changed_cb, data);
  else
    g_signal_handlers_unblock_by_func (display, changed_cb, data);
}

void
sag_ui_place_open (SagUiSession *session, GFile *file, const double ras_mm[3])
{
  SagUiCases      *cases = sag_ui_session_get_cases (session);
  g_autofree char *name = g_file_get_parse_name (file);
  SagUiDisplay    *display = sag_ui_session_get_display (session);
  SagUiCase       *one;
  Wish            *wish;

  if (!g_file_query_exists (file, NULL))
    {
      /* Translators: path of a file. */
      g_autofree char *sentence = g_strdup_printf (
        _ ("%s is not there any more. Where it was moved to, nobody wrote down."), name);

      sag_ui_session_say (session, sentence);
      return;
    }
  one = sag_ui_cases_add (cases, file);
  sag_ui_cases_set_current (cases, one);
  if (ras_mm == NULL || go (display, one, ras_mm))
    return;
  wish = g_new0 (Wish, 1);
  wish->one = g_object_ref (one);
  memcpy (wish->ras_mm, ras_mm, sizeof wish->ras_mm);
  g_signal_connect_data (display, "changed", G_CALLBACK (changed_cb), wish, wish_free, 0);
}
