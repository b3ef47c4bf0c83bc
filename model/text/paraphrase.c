/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/paraphrase.h"

#include "model/text/task.h"

#include <string.h>

/* In the templates {F} is the finding, {P} the place (" around the lungs", or nothing), {H} the horizon
 * ("6 months"), {S} the structure with its article, {Q} the whole text.
 */

static const char *const diagnose_templates[] = { "Is there {F}{P}?",
                                                  "Does this scan show {F}{P}?",
                                                  "Evidence of {F}{P}.",
                                                  "Assess the image for {F}{P}.",
                                                  "Check whether {F} can be seen{P}.",
                                                  "Determine if {F} is present{P}.",
                                                  NULL };

static const char *const predict_templates[] = { "What is the risk of {F} within {H}?",
                                                 "Estimate the probability of {F} in the next {H}.",
                                                 "How likely is {F} within {H}?",
                                                 "Assess the risk of {F} over {H}.",
                                                 "Forecast {F} within {H}.",
                                                 "Will there be {F} within {H}?",
                                                 NULL };

static const char *const segment_templates[] = { "Outline {S}.",
                                                 "Delineate {S} in this scan.",
                                                 "Mark {S} in the image.",
                                                 "Draw the contour of {S}.",
                                                 "Locate {S} in the image.",
                                                 "Show which part of the image is {S}.",
                                                 NULL };

static const char *const free_templates[] = { "In this chest CT: {Q}",
                                              "Question about this scan: {Q}",
                                              "Looking at the image: {Q}",
                                              "For this patient: {Q}",
                                              "Please assess the following. {Q}",
                                              "Consider the whole image. {Q}",
                                              NULL };

/* The words of a task with what templates need beside them. */
typedef struct
{
  SagTaskWords words;
  char        *place;
  char        *horizon;
  char        *structure;
} Parts;

/* "the lungs", but "left rib 3" */
static char *
dup_with_article (const char *structure)
{
  gboolean numbered = g_ascii_isdigit (structure[strlen (structure) - 1]);

  return g_strconcat (numbered ? "" : "the ", structure, NULL);
}

static void
parts_init (Parts *parts, const char *text)
{
  const SagTaskWords *words = &parts->words;

  sag_task_words_init (&parts->words, text);
  parts->place = words->organ != NULL
                   ? g_strdup_printf (" %s the %s", words->preposition, words->organ)
                   : g_strdup ("");
  parts->horizon = sag_task_dup_horizon (words->months);
  parts->structure = words->finding != NULL ? dup_with_article (words->finding) : NULL;
}

static void
parts_clear (Parts *parts)
{
  sag_task_words_clear (&parts->words);
  g_free (parts->place);
  g_free (parts->horizon);
  g_free (parts->structure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static const char *
get_part (const Parts *parts, char letter)
{
  switch (letter)
    {
    case 'F':
      return parts->words.finding;
    case 'P':
      return parts->place;
    case 'H':
      return parts->horizon;
    case 'S':
      return parts->structure;
    case 'Q':
      return parts->words.text;
    default:
      g_assert_not_reached ();
    }
}

static char *
fill (const char *template, const Parts *parts)
{
  GString *filled = g_string_new (NULL);

  for (; *template != 0; template ++)
    if (*template == '{')
      {
        g_string_append (filled, get_part (parts, template[1]));
        template += 2;
      }
    else
      g_string_append_c (filled, *template);
  return g_string_free (filled, FALSE);
}

static const char *const *
choose_templates (const SagTaskWords *words)
{
  if (words->finding == NULL)
    return free_templates;
  if (words->kind == SAG_TASK_PREDICT)
    return predict_templates;
  return words->kind == SAG_TASK_SEGMENT ? segment_templates : diagnose_templates;
}

char **
sag_paraphrase_dup_all (const char *text)
{
  g_auto (Parts) parts = { 0 };
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  g_return_val_if_fail (text != NULL, NULL);

  parts_init (&parts, text);
  for (const char *const *template = choose_templates (&parts.words); *template != NULL;
       template ++)
    {
      g_autofree char *filled = fill (*template, &parts);

      if (strcmp (filled, text) != 0)
        g_strv_builder_add (texts, filled);
    }
  return g_strv_builder_end (texts);
}

char *
sag_paraphrase_dup_negated (const char *text)
{
  g_auto (Parts) parts = { 0 };
  const char *template = "It is not the case that: {Q}";

  g_return_val_if_fail (text != NULL, NULL);

  parts_init (&parts, text);
  if (parts.words.finding != NULL)
    switch (parts.words.kind)
      {
      case SAG_TASK_DIAGNOSE:
        template = "Diagnose the absence of {F}{P}";
        break;
      case SAG_TASK_PREDICT:
        template = "Predict the absence of {F} in {H}";
        break;
      case SAG_TASK_SEGMENT:
        template = "Segment everything except {S} in the image.";
        break;
      case SAG_TASK_OTHER:
      default:
        template = "Is there no {F}{P}?";
        break;
      }
  return fill (template, &parts);
}

/* The longest run of letters: where it begins and how many bytes it has. */
static gsize
longest_word (const char *text, gsize *size)
{
  gsize start = 0;

  *size = 0;
  for (const char *at = text; *at != 0;)
    {
      const char *end = at;

      while (g_unichar_isalpha (g_utf8_get_char (end)))
        end = g_utf8_next_char (end);
      if ((gsize) (end - at) > *size)
        {
          start = at - text;
          *size = end - at;
        }
      at = end > at ? end : g_utf8_next_char (at);
    }
  return start;
}

char *
sag_paraphrase_dup_nonsense (const char *text)
{
  g_auto (SagTaskWords) words = { 0 };
  g_autofree char *start = NULL;
  gsize            at, size;

  g_return_val_if_fail (text != NULL, NULL);

  sag_task_words_init (&words, text);
  if (words.finding != NULL)
    {
      at = words.finding_start;
      size = strlen (words.finding);
    }
  else
    at = longest_word (words.text, &size);
  if (size == 0)
    return g_strdup ("Diagnose the presence of " SAG_NONSENSE_WORD);
  start = g_strndup (words.text, at);
  return g_strconcat (start, SAG_NONSENSE_WORD, words.text + at + size, NULL);
}
