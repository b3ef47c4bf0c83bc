/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/words.h"

#include "render/slice/colour.h"
#include "ui/project/words.h"

#include <glib/gi18n.h>
#include <math.h>

#define MINUS "\342\210\222"

char *
sag_ui_readings_dup_number (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    return g_strdup ("—");
  g_ascii_formatd (digits, sizeof digits, "%.2f", fabs (value));
  return g_strconcat (value < -0.005 ? MINUS : "", digits, NULL);
}

guint32
sag_ui_readings_get_colour (guint reader)
{
  return sag_render_answer_colours[reader % SAG_RENDER_N_ANSWER_COLOURS];
}

static void
add_name (GString *text, const SagReadings *readings, guint reader)
{
  g_autofree char *name = g_markup_escape_text (readings->readers[reader], -1);

  if (text->len > 0)
    g_string_append (text, "  ·  ");
  g_string_append_printf (text, "<span foreground=\"#%06X\">●</span> %s",
                          sag_ui_readings_get_colour (reader), name);
}

char *
sag_ui_readings_dup_markup (const SagReadings *readings, const SagDifference *difference)
{
  GString         *text = g_string_new (NULL);
  g_autofree char *dice = NULL;
  g_autofree char *overlap = NULL;

  for (guint r = 0; difference->values != NULL && r < readings->n_readers; r++)
    if (difference->values[r] != SAG_LABEL_VALUE_NONE)
      {
        g_autofree char *word = g_markup_escape_text (
          sag_ui_project_get_value_title ((SagLabelValue) difference->values[r]), -1);

        add_name (text, readings, r);
        g_string_append_printf (text, ": <b>%s</b>", word);
      }
  if (difference->masks == NULL)
    return g_string_free (text, FALSE);
  for (guint m = 0; m < difference->masks->len; m++)
    {
      const guint reader = g_array_index (difference->masks, SagMaskReading, m).reader;

      if (m == 0 || reader != g_array_index (difference->masks, SagMaskReading, m - 1).reader)
        add_name (text, readings, reader);
    }
  dice = sag_ui_readings_dup_number (sag_difference_get_dice (difference));
  /* Translators: how well masks overlap: Dice's coefficient, 0 to 1. */
  overlap = g_strdup_printf (_ ("Dice %s"), dice);
  g_string_append_printf (text, ": <b>%s</b>", overlap);
  return g_string_free (text, FALSE);
}

char *
sag_ui_readings_dup_decision (const SagReviewRow *decision)
{
  if (decision == NULL)
    return g_strdup ("—");
  /* Translators: what counts where readers differ: a label or "mask", and who decided so. */
  return g_strdup_printf (_ ("%s, %s"),
                          decision->mask != NULL ? _ ("Mask")
                                                 : sag_ui_project_get_value_title (decision->value),
                          decision->reader);
}

char *
sag_ui_readings_dup_summary (SagUiReadings *self)
{
  const SagReadings *readings = sag_ui_readings_get (self);
  const guint        n = readings->differences->len;
  g_autofree char   *differ = NULL;

  differ =
    /* Translators: how often readers differ on a case and a task. */
    g_strdup_printf (ngettext ("%u difference", "%u differences", n), n);
  /* Translators: "3 differences", then how many of them nobody has decided yet. */
  return g_strdup_printf (_ ("%s · %u to decide"), differ, sag_ui_readings_count_undecided (self));
}
