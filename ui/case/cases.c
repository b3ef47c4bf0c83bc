/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/cases.h"

#include <string.h>

#define DEFAULT_CEILING ((gsize) 2 << 30)
#define N_AHEAD SAG_UI_CASES_AHEAD

struct _SagUiCases
{
  GObject parent;

  GPtrArray *items;
  GPtrArray *recent; /* most recently current first */
  SagUiCase *current;
  SagUiCase *compared;        /* beside the current; with a reference */
  SagUiCase *ahead[N_AHEAD];  /* those read ahead for the current; compared only */
  SagUiCase *wished[N_AHEAD]; /* who should be */
  gsize      ceiling;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SagUiCases,
                               sag_ui_cases,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static GParamSpec *current_prop;
static guint       failed_signal;

SagUiCases *
sag_ui_cases_new (void)
{
  return g_object_new (SAG_UI_TYPE_CASES, NULL);
}

static SagUiCase *
case_at (SagUiCases *self, guint index)
{
  return index < self->items->len ? self->items->pdata[index] : NULL;
}

guint
sag_ui_cases_index_of (SagUiCases *self, SagUiCase *one)
{
  guint index = G_MAXUINT;

  g_ptr_array_find (self->items, one, &index);
  return index;
}

static gboolean
is_ahead (SagUiCases *self, SagUiCase *one)
{
  for (guint a = 0; a < N_AHEAD; a++)
    if (self->ahead[a] == one)
      return TRUE;
  return FALSE;
}

static gboolean
is_looked_at (SagUiCases *self, SagUiCase *one)
{
  return one == self->current || one == self->compared;
}

/* Of what a person looks at nothing may go. */
static gsize
count_looked_at (SagUiCases *self)
{
  gsize used = self->current != NULL ? sag_ui_case_get_bytes (self->current) : 0;

  if (self->compared != NULL && self->compared != self->current)
    used += sag_ui_case_get_bytes (self->compared);
  return used;
}

/* What is looked at stays; then those read ahead; of the others those looked at longest ago go. */
static void
keep_below_ceiling (SagUiCases *self)
{
  gsize used = count_looked_at (self);

  for (guint a = 0; a < N_AHEAD; a++)
    if (self->ahead[a] != NULL && !is_looked_at (self, self->ahead[a]))
      {
        const gsize bytes = sag_ui_case_get_bytes (self->ahead[a]);

        if (used + bytes > self->ceiling)
          sag_ui_case_unload (self->ahead[a]);
        else
          used += bytes;
      }
  for (guint i = 0; i < self->recent->len; i++)
    {
      SagUiCase *one = self->recent->pdata[i];
      gsize      bytes = sag_ui_case_get_bytes (one);

      if (is_looked_at (self, one) || is_ahead (self, one))
        continue;
      if (used + bytes > self->ceiling)
        sag_ui_case_unload (one);
      else
        used += bytes;
    }
}

/* Who comes next: whom somebody wished, else the neighbour. */
static SagUiCase *
find_next (SagUiCases *self, guint place)
{
  return self->wished[0] != NULL
           ? self->wished[place]
           : case_at (self, sag_ui_cases_index_of (self, self->current) + 1 + place);
}

/* The next cases are read while the person looks at this one, one after the other and once: one that turns out to be
 * too large is given up and not tried again until another case is current. */
static void
read_ahead (SagUiCases *self)
{
  gsize used = count_looked_at (self);

  for (guint a = 0; a < N_AHEAD; a++)
    {
      g_autoptr (SagUiCase) next = NULL; /* one that cannot be read leaves the list at once */

      if (self->current == NULL || sag_ui_case_get_state (self->current) != SAG_UI_CASE_READY)
        return;
      g_set_object (&next, find_next (self, a));
      if (next != NULL && !is_looked_at (self, next))
        used += sag_ui_case_get_bytes (self->current);
      if (next == NULL || used > self->ceiling)
        return;
      if (next != self->ahead[a])
        {
          self->ahead[a] = next;
          sag_ui_case_load (next);
        }
      if (sag_ui_case_get_state (next) != SAG_UI_CASE_READY)
        return;
    }
}

void
sag_ui_cases_wish (SagUiCases *self, guint place, SagUiCase *one)
{
  g_return_if_fail (place < N_AHEAD && one != self->current);

  self->wished[place] = one;
  read_ahead (self);
}

static void leave (SagUiCases *self, SagUiCase *one);

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiCases *self)
{
  G_GNUC_UNUSED g_autoptr (SagUiCase) keep = g_object_ref (one);

  if (sag_ui_case_get_state (one) == SAG_UI_CASE_READY)
    {
      keep_below_ceiling (self);
      read_ahead (self);
    }
  if (sag_ui_case_get_state (one) != SAG_UI_CASE_FAILED)
    return;
  leave (self, one);
  g_signal_emit (self, failed_signal, 0, one, sag_ui_case_get_error (one));
}

SagUiCase *
sag_ui_cases_find (SagUiCases *self, GFile *file)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_file_equal (sag_ui_case_get_file (self->items->pdata[i]), file))
      return self->items->pdata[i];
  return NULL;
}

void
sag_ui_cases_foreach (SagUiCases *self,
                      void (*func) (SagUiCase *one, gpointer user_data),
                      gpointer user_data)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      g_autoptr (SagUiCase) one = g_object_ref (self->items->pdata[i]);

      func (one, user_data);
    }
}

void
sag_ui_cases_insert (SagUiCases *self, guint index, SagUiCase *one)
{
  g_return_if_fail (sag_ui_cases_index_of (self, one) == G_MAXUINT);

  index = MIN (index, self->items->len);
  g_ptr_array_insert (self->items, (int) index, g_object_ref (one));
  g_ptr_array_add (self->recent, one);
  g_signal_connect (one, "notify::state", G_CALLBACK (state_cb), self);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 0, 1);
  read_ahead (self);
}

SagUiCase *
sag_ui_cases_add (SagUiCases *self, GFile *file)
{
  SagUiCase *one = sag_ui_cases_find (self, file);
  g_autoptr (SagUiCase) created = NULL;

  if (one == NULL)
    {
      one = created = sag_ui_case_new (file);
      sag_ui_cases_insert (self, self->items->len, created);
    }
  return one;
}

SagUiCase *
sag_ui_cases_add_series (SagUiCases *self, GFile *place, SagDicomSeries *series)
{
  g_autoptr (SagUiCase) created = sag_ui_case_new_series (place, series);
  SagUiCase *one = sag_ui_cases_find (self, sag_ui_case_get_file (created));

  if (one == NULL)
    {
      one = created;
      sag_ui_cases_insert (self, self->items->len, created);
    }
  return one;
}

/* Out of the list. @next: current from then on, if @one was. */
static void
take_out (SagUiCases *self, SagUiCase *one, SagUiCase *next)
{
  guint    index = sag_ui_cases_index_of (self, one);
  gboolean was_current = one == self->current;

  g_signal_handlers_disconnect_by_data (one, self);
  if (one == self->compared)
    g_clear_object (&self->compared);
  for (guint a = 0; a < N_AHEAD; a++)
    {
      if (one == self->ahead[a])
        self->ahead[a] = NULL;
      if (one == self->wished[a])
        memset (self->wished, 0, sizeof self->wished);
    }
  g_ptr_array_remove (self->recent, one);
  g_ptr_array_remove_index (self->items, index);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
  if (was_current && one == self->current)
    sag_ui_cases_set_current (self, next);
  else
    read_ahead (self);
  sag_ui_case_unload (one);
}

void
sag_ui_cases_remove (SagUiCases *self, SagUiCase *one)
{
  G_GNUC_UNUSED g_autoptr (SagUiCase) keep = g_object_ref (one);
  guint         index = sag_ui_cases_index_of (self, one);
  SagUiCase    *next;

  if (index == G_MAXUINT)
    return;
  next = case_at (self, index + 1);
  take_out (self, one, next != NULL ? next : case_at (self, index - 1));
}

/* The case goes as if it had never been opened: back to the one that was looked at before. */
static void
leave (SagUiCases *self, SagUiCase *one)
{
  G_GNUC_UNUSED g_autoptr (SagUiCase) keep = g_object_ref (one);

  take_out (self, one, self->recent->len > 1 ? self->recent->pdata[1] : NULL);
}

void
sag_ui_cases_give_up (SagUiCases *self)
{
  if (self->current != NULL && sag_ui_case_get_state (self->current) == SAG_UI_CASE_LOADING)
    leave (self, self->current);
}

SagUiCase *
sag_ui_cases_get_current (SagUiCases *self)
{
  return self->current;
}

void
sag_ui_cases_set_current (SagUiCases *self, SagUiCase *one)
{
  if (one == self->current)
    return;
  self->current = one;
  memset (self->ahead, 0, sizeof self->ahead);
  memset (self->wished, 0, sizeof self->wished);
  if (one != NULL)
    {
      g_ptr_array_remove (self->recent, one);
      g_ptr_array_insert (self->recent, 0, one);
      sag_ui_case_load (one);
    }
  g_object_notify_by_pspec (G_OBJECT (self), current_prop);
  keep_below_ceiling (self);
  read_ahead (self);
}

void
sag_ui_cases_set_compared (SagUiCases *self, SagUiCase *one)
{
  if (g_set_object (&self->compared, one))
    keep_below_ceiling (self);
}

void
sag_ui_cases_step (SagUiCases *self, int step)
{
  guint      index = self->current != NULL ? sag_ui_cases_index_of (self, self->current) : 0;
  SagUiCase *next = case_at (self, index + (guint) step); /* -1 from 0 is past the end */

  if (next != NULL)
    sag_ui_cases_set_current (self, next);
}

void
sag_ui_cases_set_ceiling (SagUiCases *self, gsize bytes)
{
  self->ceiling = bytes;
  keep_below_ceiling (self);
}

static GType
get_item_type (GListModel *model)
{
  return SAG_UI_TYPE_CASE;
}

static guint
get_n_items (GListModel *model)
{
  return SAG_UI_CASES (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SagUiCase *one = case_at (SAG_UI_CASES (model), position);

  return one != NULL ? g_object_ref (one) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
sag_ui_cases_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, SAG_UI_CASES (object)->current);
}

static void
sag_ui_cases_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  sag_ui_cases_set_current (SAG_UI_CASES (object), g_value_get_object (value));
}

static void
sag_ui_cases_finalize (GObject *object)
{
  SagUiCases *self = SAG_UI_CASES (object);

  for (guint i = 0; i < self->items->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->items->pdata[i], self);
      sag_ui_case_cancel (self->items->pdata[i]);
    }
  g_clear_object (&self->compared);
  g_ptr_array_unref (self->recent);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (sag_ui_cases_parent_class)->finalize (object);
}

static void
sag_ui_cases_class_init (SagUiCasesClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = sag_ui_cases_get_property;
  object_class->set_property = sag_ui_cases_set_property;
  object_class->finalize = sag_ui_cases_finalize;
  current_prop =
    g_param_spec_object ("current", NULL, NULL, SAG_UI_TYPE_CASE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_property (object_class, 1, current_prop);
  failed_signal = g_signal_new ("failed", SAG_UI_TYPE_CASES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, SAG_UI_TYPE_CASE, G_TYPE_STRING);
}

static void
sag_ui_cases_init (SagUiCases *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->recent = g_ptr_array_new ();
  self->ceiling = DEFAULT_CEILING;
}
