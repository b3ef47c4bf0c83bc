/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/opinion.h"

#include <glib/gi18n.h>

const char *
sag_ui_label_to_string (SagUiLabel label)
{
  static const char *const names[] = { NULL,     "present",       "absent",
                                       "unsure", "not evaluable", "censored" };

  g_return_val_if_fail ((gsize) label < G_N_ELEMENTS (names), NULL);
  return names[label];
}

const char *
sag_ui_label_get_title (SagUiLabel label)
{
  switch (label)
    {
    case SAG_UI_LABEL_PRESENT:
      return _ ("present");
    case SAG_UI_LABEL_ABSENT:
      return _ ("absent");
    case SAG_UI_LABEL_UNSURE:
      return _ ("unsure");
    case SAG_UI_LABEL_NOT_EVALUABLE:
      return _ ("not evaluable");
    case SAG_UI_LABEL_CENSORED:
      return _ ("censored");
    case SAG_UI_LABEL_NONE:
    default:
      return _ ("not set");
    }
}

static void
opinion_clear (SagUiOpinion *opinion)
{
  g_clear_pointer (&opinion->labelled_at, g_date_time_unref);
  g_clear_pointer (&opinion->seen_at, g_date_time_unref);
  g_clear_pointer (&opinion->bundle, g_free);
  g_clear_pointer (&opinion->answer, sag_answer_unref);
}

static void
opinion_free (gpointer data)
{
  opinion_clear (data);
  g_free (data);
}

static GQuark
opinions_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("sag-ui-opinions");
  return quark;
}

static SagUiOpinion *
get (SagUiCase *one, const char *text)
{
  GHashTable   *opinions = g_object_get_qdata (G_OBJECT (one), opinions_quark ());
  SagUiOpinion *opinion;

  if (opinions == NULL)
    {
      opinions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, opinion_free);
      g_object_set_qdata_full (G_OBJECT (one), opinions_quark (), opinions,
                               (GDestroyNotify) g_hash_table_unref);
    }
  opinion = g_hash_table_lookup (opinions, text);
  if (opinion == NULL)
    {
      opinion = g_new0 (SagUiOpinion, 1);
      g_hash_table_insert (opinions, g_strdup (text), opinion);
    }
  return opinion;
}

const SagUiOpinion *
sag_ui_opinion_get (SagUiCase *one, const char *text)
{
  g_return_val_if_fail (SAG_UI_IS_CASE (one) && text != NULL, NULL);
  return get (one, text);
}

void
sag_ui_opinion_set_label (SagUiCase *one, const char *text, SagUiLabel label)
{
  SagUiOpinion *opinion;

  g_return_if_fail (SAG_UI_IS_CASE (one) && text != NULL);

  opinion = get (one, text);
  if (opinion->label == SAG_UI_LABEL_NONE || !opinion->label_first)
    opinion->label_first = !opinion->seen && label != SAG_UI_LABEL_NONE;
  else if (opinion->seen && opinion->label != label)
    opinion->label_first = FALSE; /* a label changed in the light of the answer */
  opinion->label = label;
  g_clear_pointer (&opinion->labelled_at, g_date_time_unref);
  opinion->labelled_at = label != SAG_UI_LABEL_NONE ? g_date_time_new_now_local () : NULL;
}

void
sag_ui_opinion_see (SagUiCase *one, const char *text, const char *bundle)
{
  SagUiOpinion *opinion;

  g_return_if_fail (SAG_UI_IS_CASE (one) && text != NULL);

  opinion = get (one, text);
  if (opinion->bundle == NULL)
    opinion->bundle = g_strdup (bundle);
  if (opinion->seen)
    return;
  opinion->seen = TRUE;
  opinion->seen_at = g_date_time_new_now_local ();
}

void
sag_ui_opinion_forget (SagUiCase *one)
{
  GHashTable    *opinions = g_object_get_qdata (G_OBJECT (one), opinions_quark ());
  GHashTableIter iter;
  gpointer       opinion;

  if (opinions == NULL)
    return;
  g_hash_table_iter_init (&iter, opinions);
  while (g_hash_table_iter_next (&iter, NULL, &opinion))
    {
      opinion_clear (opinion);
      *(SagUiOpinion *) opinion = (SagUiOpinion){ SAG_UI_LABEL_NONE };
    }
}

void
sag_ui_opinion_see_answer (SagUiCase *one, SagAnswer *answer)
{
  SagUiOpinion *opinion;

  g_return_if_fail (SAG_UI_IS_CASE (one) && answer != NULL);

  sag_ui_opinion_see (one, answer->text, answer->provenance->bundle_sha256);
  opinion = get (one, answer->text);
  sag_answer_ref (answer);
  g_clear_pointer (&opinion->answer, sag_answer_unref);
  opinion->answer = answer;
}

const char *
sag_ui_opinion_find_seen (SagUiCase *one,
                          gboolean (*is) (const char *text, gpointer user_data),
                          gpointer user_data)
{
  GHashTable    *opinions = g_object_get_qdata (G_OBJECT (one), opinions_quark ());
  GHashTableIter iter;
  gpointer       text, opinion;

  if (opinions == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, opinions);
  while (g_hash_table_iter_next (&iter, &text, &opinion))
    if (((SagUiOpinion *) opinion)->bundle != NULL && is (text, user_data))
      return ((SagUiOpinion *) opinion)->bundle;
  return NULL;
}

void
sag_ui_opinion_foreach_seen (
  SagUiCase *one,
  void (*func) (const char *text, const char *bundle, SagAnswer *answer, gpointer user_data),
  gpointer user_data)
{
  GHashTable    *opinions = g_object_get_qdata (G_OBJECT (one), opinions_quark ());
  GHashTableIter iter;
  gpointer       text, opinion;

  if (opinions == NULL)
    return;
  g_hash_table_iter_init (&iter, opinions);
  while (g_hash_table_iter_next (&iter, &text, &opinion))
    if (((SagUiOpinion *) opinion)->bundle != NULL)
      func (text, ((SagUiOpinion *) opinion)->bundle, ((SagUiOpinion *) opinion)->answer,
            user_data);
}
