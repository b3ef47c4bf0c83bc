/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/compare-table.h"

#include "ui/ask/words.h"

#include <glib/gi18n.h>

static void
put (GtkGrid *grid, int column, int row, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_set_hexpand (label, column == 1 || column == 2);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* "A" and "B", and which of two models that is. */
static void
put_letter (
  GtkGrid *grid, int column, const SagAnswer *answer, const SagAnswer *other, SagBundle *open)
{
  g_autoptr (GString) words = g_string_new (column == 1 ? "A" : "B");

  if (other != NULL &&
      !g_str_equal (answer->provenance->bundle_sha256, other->provenance->bundle_sha256))
    g_string_append_printf (
      words, " · %s",
      open != NULL && g_str_equal (answer->provenance->bundle_sha256, sag_bundle_get_sha256 (open))
        ? _ ("in use now")
        : _ ("not in use"));
  put (grid, column, 0, words->str, "heading");
}

static void
put_answer (GtkGrid *grid, int column, const SagAnswer *answer)
{
  g_autofree char *number =
    answer->has_class ? sag_ui_words_dup_number (answer->probability) : NULL;
  g_autofree char *score = answer->has_map ? sag_ui_words_dup_score (answer->peak_score)
                                           : g_strdup (_ ("This model draws no map."));
  g_autofree char *calibrated =
    answer->calibration != NULL ? sag_ui_words_dup_calibrated (answer) : NULL;

  put (grid, column, 1, answer->text, NULL);
  put (grid, column, 2, answer->provenance->bundle_name, NULL);
  put (grid, column, 3, number != NULL ? number : "", "card-number");
  put (grid, column, 4, answer->has_class ? sag_ui_words_get_training (answer->class_head) : "",
       NULL);
  put (grid, column, 5, score, answer->has_map ? "numeric" : NULL);
  put (grid, column, 6, answer->has_map ? sag_ui_words_get_training (answer->patch_head) : "",
       NULL);
  put (grid, column, 7,
       calibrated != NULL  ? calibrated
       : answer->has_class ? _ ("uncalibrated")
                           : "",
       "caption");
}

static void
put_titles (GtkGrid *grid, gboolean class)
{
  put (grid, 0, 1, _ ("Text"), "dim-label");
  put (grid, 0, 2, _ ("Bundle"), "dim-label");
  put (grid, 0, 3, class ? _ ("Model probability, balanced training mix") : "", "dim-label");
  put (grid, 0, 4, class ? _ ("Class head") : "", "dim-label");
  put (grid, 0, 5, _ ("Map"), "dim-label");
  put (grid, 0, 6, _ ("Patch head"), "dim-label");
  put (grid, 0, 7, class ? _ ("Calibration") : "", "dim-label");
}

static void
put_differences (GtkGrid *grid, const SagAnswer *a, const SagAnswer *b)
{
  put (grid, 3, 0, _ ("A − B"), "heading");
  if (a->has_class && b->has_class)
    {
      g_autofree char *number =
        sag_ui_words_dup_difference ((double) a->probability - b->probability);

      put (grid, 3, 3, number, "card-number");
    }
  if (a->has_map && b->has_map)
    {
      g_autofree char *score = sag_ui_words_dup_difference ((double) a->peak_score - b->peak_score);

      put (grid, 3, 5, score, "numeric");
    }
}

void
sag_ui_compare_table_fill (GtkGrid *grid, const SagAnswer *a, const SagAnswer *b, SagBundle *open)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL)
    gtk_grid_remove (grid, child);
  if (a == NULL)
    return;
  put_titles (grid, a->has_class || (b != NULL && b->has_class));
  put_letter (grid, 1, a, b, open);
  put_answer (grid, 1, a);
  if (b == NULL)
    return;
  put_letter (grid, 2, b, a, open);
  put_answer (grid, 2, b);
  put_differences (grid, a, b);
}
