// The explorer's controls, made from the records of a family's parameters: sliders with an exact number beside
// them, choices, lists with a number for every stage, and a box for the arguments that may be None.
'use strict';
window.mmchan ??= {};

(() => {
  const { html, text, usualValues, numbersIn } = window.mmchan;
  const COLUMNS = 36; // characters in a line of a list

  /** A parameter's name and meaning; readers of the screen hear both. */
  function label(setting, id) {
    return html('label', { for: id }, html('code', {}, setting.argument), ` ${setting.meaning}`);
  }

  function nearestPosition(values, wanted) {
    const distances = values.map((value) => Math.abs(value - wanted));
    return distances.indexOf(Math.min(...distances));
  }

  /** A slider over the usual values and the exact value beside it. */
  function slider(setting, id, value, change) {
    const values = usualValues(setting);
    const range = html('input', { type: 'range', id, min: 0, max: values.length - 1, step: 1 });
    const name = text('{0}, exact', setting.argument);
    const number = html('input', { type: 'number', step: 'any', 'aria-label': name });
    const move = (to) => {
      range.value = nearestPosition(values, to);
      range.setAttribute('aria-valuetext', String(to));
    };
    range.addEventListener('input', () => {
      number.value = values[range.value];
      range.setAttribute('aria-valuetext', number.value);
      change(values[range.value]);
    });
    number.addEventListener('input', () => {
      const given = number.value === '' ? Number.NaN : Number(number.value);
      if (Number.isFinite(given)) move(given);
      change(given);
    });
    number.value = value;
    move(value);
    return [range, number];
  }

  function choice(setting, id, value, change) {
    const select = html('select', { id }, ...setting.choices.map((one) => html('option', {}, String(one))));
    select.selectedIndex = setting.choices.indexOf(value);
    select.addEventListener('change', () => change(setting.choices[select.selectedIndex]));
    return [select];
  }

  /** A number for every stage, commas between; an empty list is the default. */
  function list(setting, id, value, change) {
    const field = html('textarea', { id, spellcheck: 'false', autocapitalize: 'off', placeholder: text('the default') });
    const fit = () => { field.rows = Math.max(1, Math.ceil(field.value.length / COLUMNS)); };
    field.value = value?.join(', ') ?? '';
    field.addEventListener('input', () => {
      fit();
      change(numbersIn(field.value));
    });
    fit();
    return [field];
  }

  /** A box that sets an optional argument to None and gives back the value that it had. */
  function noneBox(setting, id, value, typical, inputs, change) {
    const name = text('{0}: None', setting.argument);
    const box = html('input', { type: 'checkbox', id: `${id}-none`, 'aria-label': name });
    let last = value ?? typical;
    const show = () => inputs.forEach((input) => { input.disabled = box.checked; });
    box.checked = value === null;
    box.addEventListener('change', () => {
      show();
      change(box.checked ? null : last);
    });
    show();
    const remember = (given) => { last = given; };
    return { element: html('label', { class: 'mm-none', for: box.id }, box, ' None'), remember };
  }

  function kindOf({ kind, perStage }) {
    if (perStage) return list;
    return kind === 'choice' ? choice : slider;
  }

  /** The control of a setting; `change` gets the new value, `typical` stands in for None. */
  function control(setting, { value, typical, change }) {
    const id = `setting-${setting.argument}`;
    const make = kindOf(setting);
    let remember = () => {};
    const changed = (given) => {
      remember(given);
      change(given);
    };
    const inputs = make(setting, id, make === list ? value : value ?? typical, changed);
    const parts = [label(setting, id), ...inputs];
    if (setting.optional && make !== list) {
      const none = noneBox(setting, id, value, typical, inputs, change);
      remember = none.remember;
      parts.splice(1, 0, none.element);
    }
    return html('div', { class: 'mm-setting', 'data-argument': setting.argument }, ...parts);
  }

  /** Mark the control of an argument as the one to change; null unmarks all. */
  function markInvalid(controls, argument) {
    for (const one of controls.children) {
      const isWrong = one.dataset.argument === argument;
      one.querySelectorAll('input[type="number"], select, textarea').forEach((field) => {
        if (isWrong) field.setAttribute('aria-invalid', 'true');
        else field.removeAttribute('aria-invalid');
      });
    }
  }

  Object.assign(window.mmchan, { control, markInvalid });
})();
