/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/keymap.h"

#include "ui/base/settings.h"

struct _SagUiKeymap
{
  GObject parent;

  GSettings *settings;
  GVariant  *custom; /* a{sas} */
  gboolean   is_itk_snap;
};

G_DEFINE_FINAL_TYPE (SagUiKeymap, sag_ui_keymap, G_TYPE_OBJECT)

static guint changed_signal;

static const SagUiKeyRow *
find_row (const char *action)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);

  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (rows[i].action, action) == 0)
      return &rows[i];
  return NULL;
}

static char **
dup_map_keys (SagUiKeymap *self, const SagUiKeyRow *row)
{
  const char *keys = self->is_itk_snap ? row->itk_snap : row->pacs;

  return keys == NULL || *keys == '\0' ? g_new0 (char *, 1) : g_strsplit (keys, " ", -1);
}

char **
sag_ui_keymap_dup_keys (SagUiKeymap *self, const char *action)
{
  const SagUiKeyRow *row = find_row (action);
  g_auto (GStrv) chosen = NULL;

  if (g_variant_lookup (self->custom, action, "^as", &chosen))
    return g_steal_pointer (&chosen);
  return row != NULL ? dup_map_keys (self, row) : g_new0 (char *, 1);
}

char *
sag_ui_keymap_dup_label (SagUiKeymap *self, const char *action)
{
  g_auto (GStrv) keys = sag_ui_keymap_dup_keys (self, action);
  GdkModifierType modifiers;
  guint           keyval;

  if (keys[0] == NULL || !gtk_accelerator_parse (keys[0], &keyval, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (keyval, modifiers);
}

/* The same key, whichever way it was written or pressed: letters small, Shift only where it makes
 * no other key. */
static void
normalise (guint *keyval, GdkModifierType *state)
{
  guint lower = gdk_keyval_to_lower (*keyval);

  *state &= GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK | GDK_SUPER_MASK;
  if (lower != *keyval)
    *state |= GDK_SHIFT_MASK;
  *keyval = lower;
  if (gdk_keyval_to_upper (lower) == lower && g_unichar_isgraph (gdk_keyval_to_unicode (lower)))
    *state &= ~GDK_SHIFT_MASK;
}

char *
sag_ui_keymap_dup_accelerator (guint keyval, GdkModifierType state)
{
  normalise (&keyval, &state);
  if (!gtk_accelerator_valid (keyval, state) || keyval == GDK_KEY_Tab ||
      keyval == GDK_KEY_ISO_Left_Tab || (keyval == GDK_KEY_Escape && state == 0))
    return NULL;
  return gtk_accelerator_name (keyval, state);
}

static gboolean
is_key (const char *accelerator, guint keyval, GdkModifierType state)
{
  GdkModifierType modifiers;
  guint           value;

  if (!gtk_accelerator_parse (accelerator, &value, &modifiers))
    return FALSE;
  normalise (&value, &modifiers);
  return value == keyval && modifiers == state;
}

static gboolean
has_key (SagUiKeymap *self, const char *action, guint keyval, GdkModifierType state)
{
  g_auto (GStrv) keys = sag_ui_keymap_dup_keys (self, action);

  for (gsize i = 0; keys[i] != NULL; i++)
    if (is_key (keys[i], keyval, state))
      return TRUE;
  return FALSE;
}

gboolean
sag_ui_keymap_matches (SagUiKeymap *self, const char *action, guint keyval, GdkModifierType state)
{
  normalise (&keyval, &state);
  return has_key (self, action, keyval, state);
}

const SagUiKeyRow *
sag_ui_keymap_find (SagUiKeymap *self, const char *accelerator, const char *except)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);
  GdkModifierType    state;
  guint              keyval;

  if (!gtk_accelerator_parse (accelerator, &keyval, &state))
    return NULL;
  normalise (&keyval, &state);
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (rows[i].action, except) != 0 && has_key (self, rows[i].action, keyval, state))
      return &rows[i];
  return NULL;
}

/* The dictionary boxes its values; the setting does not. */
static void
store (SagUiKeymap *self, GVariantDict *custom)
{
  g_autoptr (GVariant) boxed = g_variant_ref_sink (g_variant_dict_end (custom));
  GVariantBuilder builder;
  GVariantIter    iter;
  const char     *action;
  GVariant       *keys;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sas}"));
  g_variant_iter_init (&iter, boxed);
  while (g_variant_iter_loop (&iter, "{&sv}", &action, &keys))
    g_variant_builder_add (&builder, "{s@as}", action, keys);
  g_settings_set_value (self->settings, "keys", g_variant_builder_end (&builder));
}

/* What the person chose, to be changed. */
static void
init_custom (SagUiKeymap *self, GVariantDict *custom)
{
  GVariantIter iter;
  const char  *action;
  GVariant    *keys;

  g_variant_dict_init (custom, NULL);
  g_variant_iter_init (&iter, self->custom);
  while (g_variant_iter_loop (&iter, "{&s@as}", &action, &keys))
    g_variant_dict_insert_value (custom, action, keys);
}

static void
take_key (SagUiKeymap *self, GVariantDict *custom, const char *accelerator, const char *by)
{
  const SagUiKeyRow *row = sag_ui_keymap_find (self, accelerator, by);
  GdkModifierType    state;
  guint              keyval;
  g_auto (GStrv) keys = NULL;
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_auto (GStrv) rest = NULL;

  if (row == NULL || !gtk_accelerator_parse (accelerator, &keyval, &state))
    return;
  normalise (&keyval, &state);
  keys = sag_ui_keymap_dup_keys (self, row->action);
  for (gsize i = 0; keys[i] != NULL; i++)
    if (!is_key (keys[i], keyval, state))
      g_strv_builder_add (left, keys[i]);
  rest = g_strv_builder_end (left);
  g_variant_dict_insert_value (custom, row->action,
                               g_variant_new_strv ((const char *const *) rest, -1));
}

void
sag_ui_keymap_set_keys (SagUiKeymap *self, const char *action, const char *const *keys)
{
  g_auto (GVariantDict) custom = G_VARIANT_DICT_INIT (NULL);

  g_return_if_fail (find_row (action) != NULL);

  init_custom (self, &custom);
  for (gsize i = 0; keys[i] != NULL; i++)
    take_key (self, &custom, keys[i], action);
  g_variant_dict_insert_value (&custom, action, g_variant_new_strv (keys, -1));
  store (self, &custom);
}

void
sag_ui_keymap_reset (SagUiKeymap *self, const char *action)
{
  g_auto (GVariantDict) custom = G_VARIANT_DICT_INIT (NULL);

  if (action != NULL)
    {
      init_custom (self, &custom);
      g_variant_dict_remove (&custom, action);
    }
  store (self, &custom);
}

gboolean
sag_ui_keymap_is_custom (SagUiKeymap *self, const char *action)
{
  g_autoptr (GVariant) chosen = g_variant_lookup_value (self->custom, action, NULL);

  return chosen != NULL;
}

static void
read_settings (SagUiKeymap *self)
{
  g_clear_pointer (&self->custom, g_variant_unref);
  self->custom = g_settings_get_value (self->settings, "keys");
  self->is_itk_snap = g_settings_get_enum (self->settings, "keymap") == 1;
}

static void
settings_cb (GSettings *settings, const char *key, SagUiKeymap *self)
{
  read_settings (self);
  g_signal_emit (self, changed_signal, 0);
}

SagUiKeymap *
sag_ui_keymap_new (GSettings *settings)
{
  SagUiKeymap *self = g_object_new (SAG_UI_TYPE_KEYMAP, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::keys", G_CALLBACK (settings_cb), self, 0);
  g_signal_connect_object (settings, "changed::keymap", G_CALLBACK (settings_cb), self, 0);
  read_settings (self);
  return self;
}

SagUiKeymap *
sag_ui_keymap_get_default (void)
{
  static SagUiKeymap *keymap;

  if (keymap == NULL)
    keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  return keymap;
}

static void
sag_ui_keymap_finalize (GObject *object)
{
  SagUiKeymap *self = SAG_UI_KEYMAP (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->custom, g_variant_unref);
  G_OBJECT_CLASS (sag_ui_keymap_parent_class)->finalize (object);
}

static void
sag_ui_keymap_class_init (SagUiKeymapClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_keymap_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_KEYMAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_keymap_init (SagUiKeymap *self)
{
}
